import Commands
import Diagnostics
import FileSystem
import GPUCode
import SystemPackage
import TestSupport
import Testing

@Suite struct GPUScanTests {
  private func tar(_ arguments: [String]) async throws {
    try await Command("tar", arguments, environment: ["PATH": TestEnvironment.path]).run()
  }

  private func library(_ architecture: UInt32) -> MadeLibrary {
    MadeLibrary(sections: [MadeEntry.section([[.cubin(architecture)]])])
  }

  @Test(arguments: ["image.tar", "image.tar.gz", "image.wsl"])
  func anImageIsReadFromItsBytes(_ name: String) async throws {
    try await withTemporaryFolder { folder in
      let root = folder.appending("root")
      try library(75).write(to: root.appending("usr/lib/libone.so.1"))
      try Files.setPermissions(
        0o755, of: try library(86).write(to: root.appending("usr/bin/program")))
      try library(61).write(to: root.appending("usr/share/data"))
      try Files.makeSymlink(root.appending("usr/lib/libone.so"), to: "libone.so.1")
      try Files.makeHardLink(
        root.appending("usr/lib/libtwo.so"), to: root.appending("usr/lib/libone.so.1"))
      try Files.write(
        String(repeating: "GROUP(libone.so.1)\n", count: 30),
        to: root.appending("usr/lib/libscript.so"))
      try Files.write(
        Array(library(90).encoded().dropLast(100)), to: root.appending("usr/lib/libcut.so"))
      let image = folder.appending(name)
      let packing = name.hasSuffix("tar") ? "-cf" : "-czf"
      try await tar(["-C", root.string, packing, image.string, "--sort=name", "."])

      let scan = try GPUScan.scan(image: image, scratch: folder)
      #expect(scan.files.map(\.path) == ["usr/bin/program", "usr/lib/libone.so.1"])
      #expect(scan.files.map(\.code.description) == ["sm_86", "sm_75"])
      #expect(scan.damaged.map(\.subject) == ["usr/lib/libcut.so"])
    }
  }

  /// An archive of a few kilobytes whose library would fill any disk.
  @Test func aLibraryOfHolesIsRefused() async throws {
    try await withTemporaryFolder { folder in
      try library(75).write(to: folder.appending("libone.so"))
      try await Command(
        "truncate", ["-s", "4T", "libone.so"], environment: ["PATH": TestEnvironment.path],
        workingDirectory: folder
      ).run()
      let image = folder.appending("image.tar")
      try await tar(["-C", folder.string, "-cSf", image.string, "libone.so"])
      let error = #expect(throws: GPUCodeError.self) {
        try GPUScan.scan(image: image, scratch: folder)
      }
      #expect(error?.code == .badImage)
    }
  }

  @Test func theLastEntryOfAPathCounts() async throws {
    try await withTemporaryFolder { folder in
      let root = folder.appending("root")
      let image = folder.appending("image.tar").string
      try library(75).write(to: root.appending("libone.so"))
      try library(75).write(to: root.appending("libtwo.so"))
      try await tar(["-C", root.string, "-cf", image, "libone.so", "libtwo.so"])
      try library(86).write(to: root.appending("libone.so"))
      try Files.removeFile(root.appending("libtwo.so"))
      try Files.makeSymlink(root.appending("libtwo.so"), to: "libone.so")
      try await tar(["-C", root.string, "-rf", image, "libone.so", "libtwo.so"])
      let scan = try GPUScan.scan(image: FilePath(image), scratch: folder)
      #expect(scan.files.map(\.code.description) == ["sm_86"])
    }
  }

  @Test func whatIsNoImageIsAnError() async throws {
    try await withTemporaryFolder { folder in
      let image = folder.appending("image.tar")
      try Files.write([UInt8](repeating: 0x41, count: 4096), to: image)
      for path in [image, folder.appending("absent.tar")] {
        let error = #expect(throws: GPUCodeError.self) {
          try GPUScan.scan(image: path, scratch: folder)
        }
        #expect(error?.code == .badImage)
        // One thing went wrong, so one error is told, with what the reader of archives says.
        #expect(error?.diagnostics.count == 1 && error?.diagnostics.first?.reason != nil)
      }
    }
  }

  @Test func filesOfTheDiskAreAdded() async throws {
    try await withTemporaryFolder { folder in
      var scan = GPUScan()
      try scan.add(try library(75).write(to: folder.appending("a.so")), as: "usr/a.so")
      try Files.write("text", to: folder.appending("b.so"))
      try scan.add(folder.appending("b.so"), as: "usr/b.so")
      #expect(scan.files.map(\.path) == ["usr/a.so"])
      #expect(scan.facts.architectures == [GPUArchitecture(75)])
      #expect(throws: GPUCodeError.self) { try scan.add(folder.appending("c.so"), as: "c.so") }
    }
  }
}

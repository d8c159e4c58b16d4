import FileSystem
import Needs
import Sandbox
import SystemPackage
import Testing

@Suite("LayerStack")
struct LayerStackTests {
  private func with(_ body: (FilePath, LayerStack) throws -> Void) throws {
    let folder = FilePath("/tmp/kiln-stack-\(UInt64.random(in: .min ... .max))")
    defer { try? Files.removeTree(folder) }
    for path in ["low/etc", "low/usr/bin", "high/etc", "high/usr"] {
      try Files.makeDirectories(folder.appending(path))
    }
    try body(folder, LayerStack([folder.appending("low"), folder.appending("high")]))
  }

  @Test("the topmost version wins, a folder's lower entries show through")
  func merging() throws {
    try with { folder, stack in
      try Files.write("low", to: folder.appending("low/etc/a"))
      try Files.write("low", to: folder.appending("low/etc/b"))
      try Files.write("high", to: folder.appending("high/etc/b"))
      #expect(try stack.entry("etc/a")?.path == folder.appending("low/etc/a"))
      #expect(try stack.entry("/etc/b")?.path == folder.appending("high/etc/b"))
      #expect(try stack.entry("etc/c") == nil)
      #expect(try stack.entry("etc/a/b") == nil)
    }
  }

  @Test("an opaque folder hides what is below")
  func opaque() throws {
    try with { folder, stack in
      try Files.write("low", to: folder.appending("low/etc/a"))
      try Files.setAttribute(
        "user.overlay.opaque", Array("y".utf8), of: folder.appending("high/etc"))
      #expect(try stack.entry("etc/a") == nil)
      #expect(try stack.entry("etc") != nil)
    }
  }

  @Test("a device 0/0 deletes", .needs("root, or root of a user namespace", if: canMount))
  func whiteout() throws {
    try with { folder, stack in
      try Files.makeNode(folder.appending("high/usr/bin"), mode: 0o020000, major: 0, minor: 0)
      #expect(try stack.entry("usr/bin") == nil)
    }
  }

  @Test("links are followed inside the root, and loops are found")
  func links() throws {
    try with { folder, stack in
      try Files.makeSymlink(folder.appending("low/bin"), to: "usr/bin")
      try Files.makeSymlink(folder.appending("low/etc/up"), to: "../../../../usr")
      try Files.makeSymlink(folder.appending("low/etc/absolute"), to: "/bin/x")
      try Files.makeSymlink(folder.appending("low/etc/loop"), to: "loop")
      #expect(try stack.resolve("bin/sh") == "usr/bin/sh")
      #expect(try stack.resolve("/etc/up/bin") == "usr/bin")
      #expect(try stack.resolve("etc/absolute/y") == "usr/bin/x/y")
      #expect(throws: FileError.self) { try stack.resolve("etc/loop") }
    }
  }
}

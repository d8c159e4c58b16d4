import Commands
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// A file system that is too small, and then is not: for the store, and for the images.
@Suite(
  .serialized,
  .needs("KILN_E2E=1 and root", if: TestEnvironment.wantsEndToEnd && TestEnvironment.isRoot))
struct FullDiskTests {
  /// A file system in memory that ends with the test.
  private struct Disk {
    let path: FilePath

    func resize(megabytes: Int) async throws {
      try await mount(["-o", "remount,size=\(megabytes)m"])
    }

    fileprivate func mount(_ options: [String]) async throws {
      try await Command(
        "mount", ["-t", "tmpfs"] + options + ["tmpfs", path.string],
        environment: ["PATH": TestEnvironment.path]
      ).run()
    }

    fileprivate func unmount() async throws {
      try await Command(
        "umount", ["--lazy", path.string], environment: ["PATH": TestEnvironment.path]
      ).run()
    }
  }

  private func withDisk(
    megabytes: Int, in folder: FilePath, _ body: (Disk) async throws -> Void
  ) async throws {
    let disk = Disk(path: folder.appending("disk"))
    try Files.makeDirectory(disk.path)
    try await disk.mount(["-o", "size=\(megabytes)m"])
    do { try await body(disk) } catch {
      try? await disk.unmount()
      throw error
    }
    try await disk.unmount()
  }

  private func build(_ witness: Witness, _ store: FilePath, _ output: FilePath) -> Command {
    KilnProgram(store: store, home: witness.kiln.home).command(
      [
        "build", witness.recipe.string, "--locked", "--progress", "none", "--output",
        output.string,
      ], accepted: [0, 1])
  }

  private func sums(_ images: FilePath) throws -> [String] {
    try Files.entries(images).filter { $0.hasSuffix(".sha256") }.map {
      try Files.readText(images.appending($0))
    }
  }

  private func names(_ folder: FilePath) throws -> [String] {
    Files.exists(folder) ? try Files.entries(folder) : []
  }

  private func expectFull(_ result: CommandResult, _ size: Int) {
    #expect(result.status == 1, "with \(size) MB")
    let words = ["K3204", "K3103", "K4316", "K5005", "K7004", "No space left on device"]
    #expect(words.contains { result.errors.contains($0) }, "with \(size) MB: \(result.errors)")
  }

  @Test func aStoreThatIsFullAtAnyStage() async throws {
    try await withTemporaryFolder { folder in
      let witness = try await Witness.copy("witness.yaml", to: folder)
      _ = try await witness.build()
      let expected = try sums(folder.appending("images"))
      try await withDisk(megabytes: 30, in: folder) { disk in
        let store = disk.path.appending("store")
        let output = folder.appending("output")
        expectFull(try await build(witness, store, output).run(), 30)
        // From here on nothing has to be downloaded; the packages take 60 MB, their files 240.
        try await disk.resize(megabytes: 100)
        let small = KilnProgram(store: store, home: witness.kiln.home)
        for artifact in try witness.lock().artifacts {
          let copy = small.artifact(artifact.sha256)
          try Files.makeDirectories(copy.removingLastComponent())
          try Files.copy(witness.kiln.artifact(artifact.sha256), to: copy)
        }
        for size in [100, 150, 220, 280, 320] {
          try await disk.resize(megabytes: size)
          expectFull(try await build(witness, store, output).run(), size)
          #expect(try Files.entries(store.appending("work")).isEmpty)
          #expect(try names(output).isEmpty)
          try await small.command(["store", "verify"]).run()
        }
        try await disk.resize(megabytes: 2000)
        #expect(try await build(witness, store, output).run().status == 0)
        #expect(try sums(output) == expected)
      }
    }
  }

  @Test func imagesThatDoNotFit() async throws {
    try await withTemporaryFolder { folder in
      let witness = try await Witness.copy("witness.yaml", to: folder)
      let image = try await witness.build()
      let expected = try sums(folder.appending("images"))
      let size = Int(try #require(try Files.status(image)).size >> 20)
      try await withDisk(megabytes: 10, in: folder) { disk in
        let output = disk.path.appending("images")
        // Neither flavour, one and a half, and both without what is written beside them.
        for size in [10, size + size / 2, 2 * size + 1] {
          try await disk.resize(megabytes: size)
          expectFull(try await build(witness, witness.kiln.store, output).run(), size)
          #expect(try names(output).isEmpty, "with \(size) MB")
        }
        try await disk.resize(megabytes: 3 * size)
        #expect(try await build(witness, witness.kiln.store, output).run().status == 0)
        #expect(try sums(output) == expected)
      }
    }
  }
}

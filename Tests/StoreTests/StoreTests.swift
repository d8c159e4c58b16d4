import Commands
import Digests
import FileSystem
import Store
import SystemPackage
import TestSupport
import Testing

@Suite struct StoreTests {
  private let key = SHA256Digest(ofText: "key")

  private func failure(_ root: FilePath) -> StoreError.Code? {
    do throws(StoreError) {
      _ = try Store(root: root)
      return nil
    } catch {
      return error.code
    }
  }

  @Test func saysWhatIsWrongWithItsFolder() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending("file")
      try Files.write("", to: file)
      #expect(failure(file) == .notADirectory)
      #expect(failure("/sys/kiln-store") == .notWritable)
      let link = folder.appending("link")
      try Files.makeDirectory(folder.appending("folder"))
      try Files.makeSymlink(link, to: "folder")
      _ = try Store(root: link)
    }
  }

  @Test func nobodyElseGetsInToItsSetuidPrograms() async throws {
    try await withTemporaryFolder { folder in
      let root = folder.appending("cache/kiln")
      let inside = ["results", "work", "artifacts"].map { root.appending($0) }
      let modes = { try ([folder.appending("cache"), root] + inside).map(mode) }
      _ = try Store(root: root)
      #expect(try modes() == [0o700, 0o700, 0o700, 0o700, 0o700])
      // As an older kiln left it, or a user who made the folder; that one is the user's business.
      for path in [root] + inside { try Files.setPermissions(0o755, of: path) }
      _ = try Store(root: root)
      #expect(try modes() == [0o700, 0o755, 0o700, 0o700, 0o700])
    }
  }

  private func mode(_ path: FilePath) throws -> UInt16? { try Files.status(path)?.permissions }

  @Test func makesAResultOnce() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      let make = { (target: FilePath) throws(FileError) in
        try Files.write("x", to: target.appending("tree"))
      }
      let first = try await store.result(.package, key: key, failure: { $0 }, make: make)
      let second = try await store.result(.package, key: key, failure: { $0 }, make: make)
      #expect(!first.reused && second.reused && first.path == second.path)
      #expect(store.result(.package, key: key) == first.path)
      #expect(store.result(.wheel, key: key) == nil)
    }
  }

  @Test func aResultThatFailsLeavesNothing() async throws {
    struct Broken: Error {}
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      await #expect(throws: Broken.self) {
        try await store.result(.layer, key: key, failure: { _ in Broken() }) {
          (target) throws(Broken) in
          try? Files.makeDirectory(target.appending("upper"), permissions: 0o500)
          throw Broken()
        }
      }
      #expect(store.result(.layer, key: key) == nil)
      let stats = try store.stats()
      #expect(stats.first { $0.kind == "layer" }?.count == 0)
      #expect(stats.first { $0.kind == "work" }?.bytes == 0)
    }
  }

  @Test func removesWhatDeadKilnsLeft() async throws {
    try await withTemporaryFolder { folder in
      _ = try Store(root: folder)
      let session = folder.appending("sessions/other")
      let scratch = folder.appending("work/other/1")
      try Files.makeDirectories(scratch)
      try Files.write("x", to: scratch.appending("file"))
      try Files.setPermissions(0o500, of: scratch)
      try Files.write("", to: session)
      let held = folder.appending("held")
      let living = Task {
        try await Command(
          "python3",
          [
            "-c",
            """
            import fcntl, sys, time
            file = open(sys.argv[1], 'r+')
            fcntl.flock(file, fcntl.LOCK_EX)
            open(sys.argv[2], 'w').close()
            time.sleep(86400)
            """, session.string, held.string,
          ], environment: ["PATH": TestEnvironment.path]
        ).run()
      }
      while !Files.exists(held) { try await Task.sleep(for: .milliseconds(10)) }
      _ = try Store(root: folder)
      #expect(Files.exists(scratch), "its owner lives")
      living.cancel()
      _ = try? await living.value
      let store = try Store(root: folder)
      #expect(!Files.exists(scratch) && !Files.exists(session))
      #expect(try Files.entries(folder.appending("sessions")).count == 1)
      withExtendedLifetime(store) {}
    }
  }

  @Test func aClosedStoreLeavesNoSession() async throws {
    try await withTemporaryFolder { folder in
      do { _ = try Store(root: folder) }
      #expect(try Files.entries(folder.appending("sessions")) == [])
      #expect(try Files.entries(folder.appending("work")) == [])
    }
  }
}

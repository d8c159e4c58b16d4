import Commands
import Diagnostics
import SystemPackage
import TestSupport
import Testing

@testable import FileSystem

@Suite struct FilesTests {
  @Test func readsBackWhatItWroteWithItsMode() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("a")
      try Files.write("täxt", to: path, permissions: 0o4750)
      #expect(try Files.readText(path) == "täxt")
      let status = try #require(try Files.status(path))
      #expect(status.permissions == 0o4750 && status.kind == .file && status.size == 5)
    }
  }

  @Test(arguments: [
    (UInt64(3), UInt64(4096), Int64(12_288)), (.max, 4096, .max), (.max, 1, .max), (0, .max, 0),
  ])
  func freeSpaceWithoutLimitIsTheMost(blocks: UInt64, size: UInt64, bytes: Int64) {
    #expect(Files.bytes(of: blocks, each: size) == bytes)
  }

  @Test func aFolderThatCannotBeWrittenToSaysWhy() async throws {
    try await withTemporaryFolder { folder in
      try Files.requireWritable(folder)
      try Files.write("", to: folder.appending("file"))
      for (name, code) in [("file", FileError.Code.notFound), ("none", .notFound)] {
        let error = #expect(throws: FileError.self) {
          try Files.requireWritable(folder.appending(name))
        }
        #expect(error?.code == code)
      }
    }
  }

  @Test func aMissingFileNamesItsPath() throws {
    let path: FilePath = "/nowhere/at/all"
    #expect(throws: FileError(.notFound, "read", path, cause: .noSuchFileOrDirectory)) {
      try Files.read(path)
    }
    #expect(try Files.status(path) == nil)
  }

  @Test func aFileThatCannotBeStartedIsNamedByItsOwnName() throws {
    let path: FilePath = "/nowhere/at/all"
    #expect(throws: FileError(.notFound, "create", path, cause: .noSuchFileOrDirectory)) {
      _ = try AtomicFile.create(path)
    }
  }

  @Test func aFileOverTheLimitIsRefused() async throws {
    try await withTemporaryFolder { folder in
      try Files.write("12345", to: folder.appending("a"))
      #expect(throws: FileError(.tooLarge, "read", folder.appending("a"))) {
        try Files.read(folder.appending("a"), limit: 4)
      }
    }
  }

  @Test func walkVisitsFoldersBeforeTheirContentInByteOrder() async throws {
    try await withTemporaryFolder { folder in
      for path in ["b/z", "b/a", "a"] { try Files.makeDirectories(folder.appending(path)) }
      try Files.makeSymlink(folder.appending("B"), to: "b")
      var seen: [String] = []
      try Files.walk(folder) { path, _ in
        seen.append(path)
        return true
      }
      #expect(seen == ["B", "a", "b", "b/a", "b/z"])
    }
  }

  @Test func removeTreeFollowsNoLinkAndOpensClosedFolders() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeDirectories(folder.appending("keep/inside"))
      try Files.makeDirectories(folder.appending("gone/closed"))
      try Files.makeSymlink(folder.appending("gone/link"), to: "../keep")
      try Files.setPermissions(0o000, of: folder.appending("gone/closed"))
      try Files.removeTree(folder.appending("gone"))
      #expect(!Files.exists(folder.appending("gone")))
      #expect(Files.exists(folder.appending("keep/inside")))
    }
  }

  /// As a script makes them that runs astray: no path reaches the innermost, and their count exceeds
  /// open files and stacks.
  @Test func foldersDeeperThanAPathReachesAreMeasuredAndRemoved() async throws {
    try await withTemporaryFolder { folder in
      let root = folder.appending("deep")
      try Files.makeDirectories(root.appending("d/.kiln-1"))
      try Files.write("12345", to: root.appending("d/.kiln-1/file"))
      try Files.write("678", to: root.appending(".kiln-2"))
      try await Command(
        "python3",
        [
          "-c",
          """
          import os, sys
          os.chdir(sys.argv[1])
          for n in range(5000):
              os.makedirs("d", exist_ok=True)
              open("f", "w").close()
              os.chdir("d")
          """, root.string,
        ], environment: ["PATH": TestEnvironment.path]
      ).run()
      #expect(try Files.size(folder) == 8)
      try Files.removeTree(root)
      #expect(try Files.entries(folder) == [])
    }
  }

  @Test func whatVanishesMeanwhileHasNoSize() async throws {
    try await withTemporaryFolder { folder in
      let works = Task.detached {
        while !Task.isCancelled {
          let place = folder.appending("a/b/c")
          try Files.makeDirectories(place)
          try Files.write("", to: place.appending("file"))
          try Files.removeTree(folder.appending("a"))
        }
      }
      for _ in 0..<2000 { #expect(try Files.size(folder) == 0) }
      works.cancel()
      try await works.value
    }
  }

  @Test func aPathOfThousandsOfLettersIsShortenedForPeople() {
    let path = FilePath("/" + String(repeating: "d/", count: 2000) + "end")
    let shown = FileError("look at", path, errno: .fileNameTooLong).diagnostics.first
    #expect(shown.map { $0.message.count < 500 && $0.message.hasSuffix("/d/end") } == true)
    #expect(FileError.shown("/short") == "/short")
  }

  @Test func namesThatAreNotUTF8AreMeasuredAndRemoved() async throws {
    try await withTemporaryFolder { folder in
      let root = folder.appending("root")
      let inside = root.pushing(FilePath(platformString: [0x66, -1, 0]))
      let file = inside.pushing(FilePath(platformString: [-28, 0]))
      try Files.makeDirectories(inside)
      try Files.write("12345", to: file)
      try Files.makeHardLink(root.appending("again"), to: file)
      try Files.write("678", to: root.appending("other"))
      #expect(try Files.size(root) == 8)
      #expect(throws: FileError(.notUTF8, "take the name in", root.appending("f\\xff"))) {
        try Files.entries(root)
      }
      try Files.removeTree(root)
      #expect(!Files.exists(root))
    }
  }

  @Test func foldersAboveGetTheSamePermissionsAndStandingOnesKeepTheirs() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeDirectory(folder.appending("a"), permissions: 0o755)
      try Files.makeDirectories(folder.appending("a/b/c"), permissions: 0o700)
      let modes = try ["a", "a/b", "a/b/c"].map {
        try Files.status(folder.appending($0))?.permissions
      }
      #expect(modes == [0o755, 0o700, 0o700])
    }
  }

  /// The kernel does not copy from a file system in memory to one on a disk.
  @Test func copyGoesFromOneFileSystemToAnother() async throws {
    let source = FilePath("/dev/shm/kiln-test-\(UInt64.random(in: .min ... .max))")
    let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    try Files.write(content, to: source, permissions: 0o640)
    defer { try? Files.removeFile(source) }
    try await withTemporaryFolder { folder in
      try Files.copy(source, to: folder.appending("copy"))
      #expect(try Files.read(folder.appending("copy")) == content)
      #expect(try Files.status(folder.appending("copy"))?.permissions == 0o640)
    }
  }

  @Test func copyKeepsBytesAndMode() async throws {
    try await withTemporaryFolder { folder in
      let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
      try Files.write(content, to: folder.appending("a"), permissions: 0o751)
      try Files.copy(folder.appending("a"), to: folder.appending("b"))
      #expect(try Files.read(folder.appending("b")) == content)
      #expect(try Files.status(folder.appending("b"))?.permissions == 0o751)
    }
  }

  @Test func attributesGoThereAndBack() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("a")
      try Files.write("", to: path)
      try Files.setAttribute("user.kiln", [1, 2], of: path)
      #expect(try Files.attribute("user.kiln", of: path) == [1, 2])
      #expect(try Files.attribute("user.other", of: path) == nil)
      #expect(try Files.attributeNames(path) == ["user.kiln"])
    }
  }

  @Test func aTimeCanBeSetOnALinkItself() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeSymlink(folder.appending("l"), to: "nowhere")
      try Files.setModified(1_000_000_000, of: folder.appending("l"))
      #expect(try Files.status(folder.appending("l"))?.modified == 1_000_000_000)
      #expect(try Files.readSymlink(folder.appending("l")) == "nowhere")
    }
  }
}

@Suite struct AtomicFileTests {
  @Test func nothingStandsAtTheTargetUntilItIsPublished() async throws {
    try await withTemporaryFolder { folder in
      let target = folder.appending("a")
      var file = try AtomicFile.create(target, permissions: 0o640)
      try file.write("x")
      #expect(!Files.exists(target))
      try file.publish()
      #expect(try Files.readText(target) == "x")
      #expect(try Files.status(target)?.permissions == 0o640)
      #expect(try Files.entries(folder) == ["a"])
    }
  }

  @Test func anAbandonedFileLeavesNothing() async throws {
    try await withTemporaryFolder { folder in
      try Files.write("old", to: folder.appending("a"))
      func abandon() throws {
        var file = try AtomicFile.create(folder.appending("a"))
        try file.write("new")
      }
      try abandon()
      #expect(try Files.readText(folder.appending("a")) == "old")
      #expect(try Files.entries(folder) == ["a"])
    }
  }
}

@Suite struct FileLockTests {
  @Test func aSecondHolderIsRefusedUntilTheFirstLetsGo() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("lock")
      func holdAndAsk() throws -> Bool {
        let first = try FileLock.attempt(path, .exclusive)
        defer { withExtendedLifetime(first) {} }
        return try FileLock.attempt(path, .shared) == nil
      }
      let refused = try holdAndAsk()
      let granted = try FileLock.attempt(path, .shared)
      #expect(refused && granted != nil)
    }
  }

  /// Otherwise the one who waited and a third would each hold a lock, of two files of one name.
  @Test func whoWaitedForARemovedFileHoldsTheNextOne() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("lock")
      var first = try FileLock.attempt(path, .exclusive)
      let inode = try #require(try Files.status(path)).inode
      let waiting = Task.detached { try FileLock.take(path, .exclusive) }
      // The kernel lists those who wait with an arrow.
      while !(try Files.readText("/proc/locks")).split(separator: "\n").contains(where: {
        $0.contains("->") && $0.contains(":\(inode) ")
      }) { await Task.yield() }
      try first?.removeFile()
      first = nil
      let second = try await waiting.value
      #expect(try FileLock.attempt(path, .exclusive) == nil)
      withExtendedLifetime(second) {}
    }
  }
}

import FileSystem
import SystemPackage
import TestSupport
import Testing

/// Links and second names where files are written: what they lead to is somebody else's.
@Suite struct LinkTests {
  /// A link to a file, one to nothing, one more name of a file.
  enum Standing: CaseIterable { case link, dangling, name }

  private func with(
    _ standing: Standing, _ body: (FilePath) throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let victim = folder.appending("victim")
      let path = folder.appending("path")
      switch standing {
      case .link: try Files.makeSymlink(path, to: victim.string)
      case .dangling: try Files.makeSymlink(path, to: folder.appending("none").string)
      case .name: break
      }
      try Files.write("mine", to: victim, permissions: 0o600)
      if standing == .name { try Files.makeHardLink(path, to: victim) }
      try body(path)
      #expect(try Files.readText(victim) == "mine")
      #expect(try Files.status(victim)?.permissions == 0o600)
      #expect(!Files.exists(folder.appending("none")))
    }
  }

  @Test(arguments: Standing.allCases)
  func aFileIsWrittenInTheirPlace(standing: Standing) async throws {
    try await with(standing) { path in
      try Files.write("new", to: path, permissions: 0o640)
      #expect(try Files.readText(path) == "new")
      let status = try Files.status(path)
      #expect(status?.kind == .file && status?.permissions == 0o640 && status?.linkCount == 1)
    }
  }

  @Test(arguments: Standing.allCases)
  func aFileIsCopiedIntoTheirPlace(standing: Standing) async throws {
    try await with(standing) { path in
      let source = path.removingLastComponent().appending("source")
      try Files.write("new", to: source, permissions: 0o640)
      try Files.copy(source, to: path)
      #expect(try Files.readText(path) == "new")
      let status = try Files.status(path)
      #expect(status?.kind == .file && status?.permissions == 0o640 && status?.linkCount == 1)
    }
  }

  @Test func aFileCopiedToItselfIsStillThere() async throws {
    try await withTemporaryFolder { folder in
      try Files.write("mine", to: folder.appending("a"))
      try Files.makeHardLink(folder.appending("b"), to: folder.appending("a"))
      try Files.copy(folder.appending("a"), to: folder.appending("a"))
      try Files.copy(folder.appending("a"), to: folder.appending("b"))
      for name in ["a", "b"] { #expect(try Files.readText(folder.appending(name)) == "mine") }
    }
  }

  @Test func aFolderIsNotReplaced() async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("a")
      try Files.makeDirectory(path)
      let error = #expect(throws: FileError.self) { try Files.write("new", to: path) }
      #expect(error?.operation == "write" && error?.path == path)
      #expect(error?.cause == .isDirectory)
    }
  }

  @Test(arguments: [Standing.link, .dangling])
  func aLinkHasNoModeToSet(standing: Standing) async throws {
    try await with(standing) { path in
      let error = #expect(throws: FileError.self) { try Files.setPermissions(0o644, of: path) }
      #expect(error?.path == path)
    }
  }

  @Test func noLockIsTakenThroughALink() async throws {
    try await with(.dangling) { path in
      #expect(throws: FileError.self) { _ = try FileLock.attempt(path, .exclusive) }
    }
  }

  @Test func foldersBelowOneAreMadeThroughNoLink() async throws {
    try await withTemporaryFolder { folder in
      let (root, victim) = (folder.appending("root"), folder.appending("victim"))
      for path in [root.appending("a"), victim] { try Files.makeDirectories(path) }
      try Files.makeSymlink(root.appending("a/link"), to: victim.string)
      try Files.makeDirectories("a/b/c", in: root, permissions: 0o700)
      try Files.makeDirectories("", in: root)
      #expect(try Files.status(root.appending("a/b/c"))?.permissions == 0o700)
      for path in ["a/link", "a/link/c"] {
        #expect(
          throws: FileError(
            "create the folder", root.appending("a/link"), errno: .notDirectory)
        ) { try Files.makeDirectories(path, in: root) }
      }
      #expect(try Files.entries(victim) == [])
    }
  }
}

/// Paths below a folder that somebody else filled.
@Suite struct ForeignFolderTests {
  @Test func onlyFoldersLeadToAPlace() async throws {
    try await withTemporaryFolder { folder in
      let root = folder.appending("root")
      try Files.makeDirectories(root.appending("a/b"))
      for path in ["root/file", "root/a/file", "root/a/b/file", "file"] {
        try Files.write(path, to: folder.appending(path))
      }
      for (name, target) in [("up", ".."), ("self", "/proc/self/fd"), ("same", "a")] {
        try Files.makeSymlink(root.appending(name), to: target)
      }
      let foreign = try ForeignFolder(root)
      for path in ["file", "a/file", "a/b/file"] {
        let text = try foreign.with(path) { (place) throws(FileError) in
          try Files.readText(place)
        }
        #expect(text == "root/\(path)")
      }
      for path in ["up/file", "same/file", "self/0", "none/file", "file/file"] {
        #expect(try foreign.with(path) { _ in true } == nil)
      }
      let link = try foreign.with("up") { (place) throws(FileError) in
        try Files.status(place)?.kind
      }
      #expect(link == .symlink)
      for path in ["../file", "a/../../file", ""] {
        #expect(throws: FileError.self) { try foreign.with(path) { _ in true } }
      }
    }
  }

  @Test func errorsHaveThePlaceThatWasMeant() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeDirectories(folder.appending("a/full/inside"))
      let foreign = try ForeignFolder(folder)
      let missing = FileError(
        .notFound, "read", folder.appending("a/none"), cause: .noSuchFileOrDirectory)
      #expect(throws: missing) {
        try foreign.with("a/none") { (place) throws(FileError) in try Files.readText(place) }
      }
      let full = #expect(throws: FileError.self) {
        try foreign.with("a/full") { (place) throws(FileError) in
          try Files.makeDirectory(place.appending("inside"))
        }
      }
      #expect(full?.path == folder.appending("a/full/inside"))
      let lone = #expect(throws: FileError.self) {
        try foreign.with("none") { (place) throws(FileError) in try Files.readText(place) }
      }
      #expect(lone?.path == folder.appending("none"))
    }
  }
}

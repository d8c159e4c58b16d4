import FileSystem
import SystemPackage
import TestSupport
import Testing

@testable import Rootfs

/// What a base tarball may not do: write outside of the root, or through a link.
@Suite struct BaseArchiveTests {
  /// As `x` for a file, `x/` for a folder, `x>y` for a link to `y`; `outside` stands beside the root.
  @Test(arguments: [
    ["a/../../outside/x"],
    ["a", "a/x"],
    ["a>../outside", "a/x"],
    // Where a folder stood into which the entry before was written, or one before that.
    ["a/", "a/x", "a>../outside", "a/y"],
    ["a/b/x", "a>../outside", "a/b/y"],
    ["a/b/x", "a/b>../../outside", "a/b/y"],
    ["a/x", "b", "a>../outside", "a/y"],
    ["a/x", "a>../outside", "b", "a/y"],
    // To Swift a slash with a combining mark is no slash, and texts that look alike are equal.
    ["a>../outside", "a/\u{301}x"],
    ["../\u{301}x"],
    ["caf\u{E9}/x", "cafe\u{301}>../outside", "cafe\u{301}/y"],
  ])
  func isRefused(entries: [String]) async throws {
    try await withTemporaryFolder { folder in
      try Files.makeDirectory(folder.appending("outside"))
      do throws(RootfsError) {
        try await unpack(entries, in: folder)
        Issue.record("it was unpacked")
      } catch { #expect(error.code == .baseArchive) }
      #expect(try Files.entries(folder.appending("outside")) == [])
    }
  }

  /// Folders get their times at the end, when a link may stand where one of them, or one above it, was.
  @Test(arguments: [
    ["a/", "a>../outside"], ["a/b/", "a>../outside"], ["a/b/", "a", "a>../outside"],
  ])
  func timesGoThroughNoLink(entries: [String]) async throws {
    try await withTemporaryFolder { folder in
      let inside = folder.appending("outside/b")
      try Files.makeDirectories(inside)
      for path in [inside, folder.appending("outside")] { try Files.setModified(7, of: path) }
      try await unpack(entries, in: folder)
      #expect(try Files.status(inside)?.modified == 7)
      #expect(try Files.status(folder.appending("outside"))?.modified == 7)
      #expect(try Files.readSymlink(folder.appending("root/a")) == "../outside")
    }
  }

  /// Makes a tarball and unpacks it into `root`.
  private func unpack(_ entries: [String], in folder: FilePath) async throws(RootfsError) {
    let program = """
      import io, sys, tarfile
      with tarfile.open("base.tar", "w") as archive:
          for text in sys.argv[1:]:
              name, _, target = text.partition(">")
              entry = tarfile.TarInfo(name.rstrip("/"))
              if target: entry.type, entry.linkname = tarfile.SYMTYPE, target
              elif name.endswith("/"): entry.type, entry.mode = tarfile.DIRTYPE, 0o755
              archive.addfile(entry, io.BytesIO())
      """
    do {
      try Files.makeDirectory(folder.appending("root"))
      try await python(program, entries, in: folder)
    } catch { Issue.record(error) }
    var archive = BaseArchive(root: folder.appending("root"))
    try archive.unpack(folder.appending("base.tar"), named: "base.tar")
  }
}

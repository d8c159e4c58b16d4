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
    try await withTemporaryFolder { folder in
      for name in ["root", "outside"] { try Files.makeDirectory(folder.appending(name)) }
      try await python(program, entries, in: folder)
      var archive = BaseArchive(root: folder.appending("root"))
      do throws(RootfsError) {
        try archive.unpack(folder.appending("base.tar"), named: "base.tar")
        Issue.record("it was unpacked")
      } catch { #expect(error.code == .baseArchive) }
      #expect(try Files.entries(folder.appending("outside")) == [])
    }
  }
}

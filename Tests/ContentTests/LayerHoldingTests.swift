import Content
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

@Suite("Layers held against their listings", .needs("root", if: TestEnvironment.isRoot))
struct LayerHoldingTests {
  private func fill(_ root: FilePath) throws {
    try Files.makeDirectories(root.appending("usr/bin"))
    for name in ["one", "two"] {
      try Files.write(name, to: root.appending("usr/bin/\(name)"))
      try Files.setModified(1_600_000_000, of: root.appending("usr/bin/\(name)"))
    }
    try Files.makeSymlink(root.appending("bin"), to: "usr/bin")
    try Files.makeNode(root.appending("gone"), mode: 0o020000, major: 0, minor: 0)
    try Files.makeDirectory(root.appending("hiding"))
    try Files.setAttribute(
      "trusted.overlay.opaque", Array("y".utf8), of: root.appending("hiding"))
    for folder in ["usr/bin", "hiding"] {
      try Files.setModified(1_600_000_000, of: root.appending(folder))
    }
  }

  private func departure(after damage: (FilePath) throws -> Void) async throws -> String? {
    try await withTemporaryFolder { folder in
      try fill(folder)
      let listing = try LayerListing(of: folder)
      try damage(folder)
      return try listing.departure(in: folder)
    }
  }

  @Test func aWholeOneIsWholeForAnotherOwnerToo() async throws {
    #expect(try await departure { _ in } == nil)
    #expect(
      try await departure { try Files.setOwner(7, group: 7, of: $0.appending("usr/bin/one")) }
        == nil)
  }

  /// As a plain `tar` leaves it.
  @Test func aFolderThatHidesNoMoreIsFound() async throws {
    let found = try await departure {
      let folder = $0.appending("hiding")
      try Files.removeTree(folder)
      try Files.makeDirectory(folder)
      try Files.setModified(1_600_000_000, of: folder)
    }
    #expect(found == "hiding")
  }

  @Test(arguments: ["tne", "", "longer"])
  func otherBytesAreFound(content: String) async throws {
    let found = try await departure {
      try Files.write(content, to: $0.appending("usr/bin/one"))
      // As a disk does that loses them: no time tells.
      for path in ["usr/bin/one", "usr/bin"] {
        try Files.setModified(1_600_000_000, of: $0.appending(path))
      }
    }
    #expect(found == "usr/bin/one")
  }

  @Test func anotherTimeModeLinkOrNodeIsFound() async throws {
    let changes: [(path: String, change: (FilePath) throws -> Void)] = [
      ("usr/bin/two", { try Files.setModified(1, of: $0) }),
      ("usr/bin/two", { try Files.setPermissions(0o600, of: $0) }),
      (
        "bin",
        {
          try Files.removeFile($0); try Files.makeSymlink($0, to: "usr/sbin")
        }
      ),
      (
        "gone",
        {
          try Files.removeFile($0); try Files.makeNode($0, mode: 0o020000, major: 1, minor: 3)
        }
      ),
    ]
    for (path, change) in changes {
      #expect(try await departure { try change($0.appending(path)) } == path)
    }
  }

  @Test func whatIsMissingAndWhatIsNewAreFound() async throws {
    #expect(try await departure { try Files.removeFile($0.appending("bin")) } == "bin")
    let last = try await departure { try Files.removeTree($0.appending("usr")) }
    #expect(last == "usr")
    #expect(try await departure { try Files.write("", to: $0.appending("zoo")) } == "zoo")
  }

  /// Beyond what a date needs, and what a listing is written with all the same.
  @Test func theLargestNumbersAreReadBack() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending("listing")
      let text =
        "kiln listing 1 0 1\n- 644 0 0 0 \(Int64.max) 0 0 - - "
        + String(repeating: "0", count: 64) + " - -\0name\0\0"
      try Files.write(text, to: file)
      let listing = try LayerListing(reading: file)
      #expect(listing.entries.map(\.modified) == [.max])
      try listing.write(to: file)
      #expect(try LayerListing(reading: file) == listing)
      try Files.write(text.replacing("\(Int64.max)", with: "9223372036854775808"), to: file)
      #expect(throws: FileError(.damaged, "understand", file)) { try LayerListing(reading: file) }
    }
  }
}

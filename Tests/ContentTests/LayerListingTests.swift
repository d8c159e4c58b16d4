import Content
import Digests
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

@Suite("Listings of layers", .needs("root", if: TestEnvironment.isRoot))
struct LayerListingTests {
  private static let sudo = Origin(.package, name: "sudo", version: "1.9")
  private static let bash = Origin(.package, name: "bash", version: "5.2")

  /// A folder with everything that a layer can have.
  private func fill(_ root: FilePath) throws {
    try Files.makeDirectories(root.appending("folder"))
    try Files.makeDirectories(root.appending("a"))
    try Files.setAttribute(
      "trusted.overlay.opaque", Array("y".utf8), of: root.appending("folder"))
    for (name, content) in [("a-b", "1"), ("a/é", "2"), ("a/ta\tb\nline", ""), ("program", "3")] {
      try Files.write(content, to: root.appending(name), permissions: 0o4755)
      try Files.setModified(1_600_000_000, of: root.appending(name))
    }
    try Files.setOwner(7, group: 8, of: root.appending("program"))
    try Files.setAttribute(
      "security.capability", Self.capability, of: root.appending("program"))
    try Files.makeSymlink(root.appending("link"), to: "../a b")
    try Files.makeNode(root.appending("gone"), mode: 0o020000, major: 0, minor: 0)
    try Files.makeNode(root.appending("null"), mode: 0o020000, major: 1, minor: 3)
    try Files.makeNode(root.appending("disk"), mode: 0o060000, major: 8, minor: 1)
    try Files.makeNode(root.appending("pipe"), mode: 0o010000, major: 0, minor: 0)
    for name in ["one", "two", "three", "four"] {
      try Files.makeHardLink(root.appending(name), to: root.appending("a-b"))
    }
  }

  private static let capability: [UInt8] = [
    1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ]

  @Test func saysWhatTheFolderHas() async throws {
    try await withTemporaryFolder { folder in
      let root = folder.appending("layer")
      try fill(root)
      let digest = SHA256Digest(ofText: "known")
      let listing = try LayerListing(
        of: root, owners: ["program": 0, "one": 1, "two": 1], origins: [Self.sudo, Self.bash],
        known: ["program": digest])
      let paths = listing.entries.map(\.path)
      #expect(paths == paths.sorted(by: precedes))
      let entries = Dictionary(uniqueKeysWithValues: listing.entries.map { ($0.path, $0) })
      #expect(entries.count == 15)
      let program = try #require(entries["program"])
      #expect(program.sha256 == digest && program.size == 1 && program.origin == 0)
      #expect(program.permissions == 0o755 && program.owner == 7 && program.group == 8)
      #expect(program.modified == 1_600_000_000 && program.capability == Self.capability)
      #expect(entries["a-b"]?.sha256 == SHA256Digest(ofText: "1"))
      #expect(entries["a-b"]?.permissions == 0o4755)
      #expect(entries["link"]?.link == "../a b" && entries["link"]?.sha256 == nil)
      #expect(entries["folder"]?.cover == .hides && entries["a"]?.cover == .merges)
      #expect(entries["gone"]?.kind == .nothing && entries["pipe"]?.kind == .fifo)
      #expect(entries["null"]?.kind == .characterDevice && entries["null"]?.device.minor == 3)
      #expect(entries["disk"]?.kind == .blockDevice && entries["disk"]?.device.major == 8)
      // Names of one file are told by origin: who removes a package removes its names.
      #expect(entries["one"]?.file != nil && entries["one"]?.file == entries["two"]?.file)
      #expect(entries["a-b"]?.file != nil && entries["a-b"]?.file == entries["three"]?.file)
      #expect(entries["one"]?.file != entries["three"]?.file && program.file == nil)
      let layer = Layer(directory: root, origin: Origin(.step, name: "x"), listing: root)
      #expect(listing.origin(of: program, in: layer) == Self.sudo)
      #expect(try listing.origin(of: #require(entries["link"]), in: layer) == layer.origin)
    }
  }

  @Test func isReadAsItWasWritten() async throws {
    try await withTemporaryFolder { folder in
      let root = folder.appending("layer")
      try fill(root)
      let listing = try LayerListing(
        of: root, owners: ["program": 0], origins: [Self.sudo, Self.bash])
      let file = folder.appending("listing")
      try listing.write(to: file)
      #expect(try LayerListing(reading: file) == listing)
    }
  }

  @Test func damageIsFound() async throws {
    try await withTemporaryFolder { folder in
      let root = folder.appending("layer")
      try fill(root)
      let file = folder.appending("listing")
      try LayerListing(of: root, owners: ["program": 0], origins: [Self.sudo]).write(to: file)
      let bytes = try Files.read(file)
      for length in 0..<bytes.count {
        try Files.write(bytes[..<length], to: file)
        #expect(throws: FileError(.damaged, "understand", file)) { try LayerListing(reading: file) }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      for (old, new) in [
        ("kiln listing 1 1", "kiln listing 2 1"), ("kiln listing 1 1", "kiln listing 1 0"),
        ("kiln listing 1 1", "kiln listing 1 99999999999999"), ("- 4755", "- 4785"),
        ("d 755", "x 755"), ("package\0", "parcel\0"), (" 0 0 - - ", " 0 0 7 - "),
      ] {
        let place = try #require(text.firstRange(of: old))
        try Files.write(
          (text[..<place.lowerBound] + new + text[place.upperBound...]).utf8, to: file)
        #expect(throws: FileError(.damaged, "understand", file)) { try LayerListing(reading: file) }
      }
    }
  }

  @Test func aNameThatIsNotUTF8IsRefused() async throws {
    try await withTemporaryFolder { folder in
      try await python("open(b'caf\\xe9', 'w')", in: folder)
      #expect(throws: FileError(.notUTF8, "take the name in", folder.appending("caf\\xe9"))) {
        try LayerListing(of: folder)
      }
      try Files.removeTree(folder)
    }
  }
}

import Content
import FileSystem
import Images
import Needs
import SystemPackage
import TestSupport
import Testing

@Suite("The tree of a stack of layers", .needs("root", if: TestEnvironment.isRoot))
struct FileTreeTests {
  static let epoch: Int64 = 1_700_000_000

  @Test("deleted, opaque and replaced paths are as overlayfs shows them")
  func overlay() async throws {
    try await withTemporaryFolder { folder in
      let layers = try Self.stack(folder)
      try await copyOverlay(layers, to: "witness", in: folder)
      let entries = try FileTree(layers, sourceDateEpoch: Self.epoch).entries
      #expect(entries.first?.path == "")
      #expect(Set(entries.dropFirst().map(\.path)) == Set(try paths(folder.appending("witness"))))
      #expect(
        entries.map(\.path)
          == entries.map(\.path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
  }

  @Test("names that only look alike are two")
  func lookAlikes() async throws {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    try await withTemporaryFolder { folder in
      let base = try LayerFixture(folder, "base", origin: Origin(.base))
      try base.file("etc/" + composed, "one")
      try base.file("opt/\(composed)/data", "one")
      let top = try LayerFixture(folder, "top", origin: Origin(.wsl))
      try top.file("etc/" + decomposed, "two")
      try top.file("opt/" + decomposed, "two")
      let layers = try [base.layer, top.layer]
      try await copyOverlay(layers, to: "witness", in: folder)
      let entries = try FileTree(layers, sourceDateEpoch: Self.epoch).entries.dropFirst()
      #expect(
        Set(entries.map { Array($0.path.utf8) })
          == Set(try paths(folder.appending("witness")).map { Array($0.utf8) }))
      #expect(entries.count == 7)
    }
  }

  /// Three layers with each way in which one hides another.
  static func stack(_ folder: FilePath) throws -> [Layer] {
    let base = try LayerFixture(folder, "base", origin: Origin(.base))
    try base.file("etc/kept", "kept")
    try base.file("etc/gone", "gone")
    try base.file("etc/replaced", "old")
    try base.file("opt/hidden/old", "old")
    try base.file("opt/merged/old", "old")
    try base.file("opt/folder-to-file/x", "x")
    try base.file("opt/file-to-folder", "x")
    try base.file("var/lock/x", "x")
    try base.link("opt/link-to-folder", to: "merged")
    try base.file("usr/bin/a", "same", mode: 0o4755)
    try base.hardLink("usr/bin/b", to: "usr/bin/a")
    try base.hardLink("usr/bin/c", to: "usr/bin/a")
    let middle = try LayerFixture(folder, "middle", origin: Origin(.configuration))
    try middle.whiteout("etc/gone")
    try middle.file("etc/replaced", "new")
    try middle.folder("opt/hidden", opaque: true)
    try middle.file("opt/hidden/new", "new")
    try middle.folder("opt/merged", mode: 0o750)
    try middle.file("opt/merged/new", "new")
    try middle.file("opt/folder-to-file", "x")
    try middle.file("opt/file-to-folder/x", "x")
    try middle.link("var/lock", to: "/run/lock")
    try middle.file("opt/link-to-folder/x", "x")
    try middle.file("usr/bin/a", "other", mode: 0o755)
    let top = try LayerFixture(folder, "top", origin: Origin(.wsl))
    try top.file("etc/gone", "back")
    try top.whiteout("opt/folder-to-file")
    try top.whiteout("opt/merged")
    return try [base.layer, middle.layer, top.layer]
  }

  private func paths(_ root: FilePath) throws -> [String] {
    var paths: [String] = []
    try Files.walk(root) { path, _ throws(FileError) in
      paths.append(path)
      return true
    }
    return paths
  }

  @Test("a link count alone makes no hard link")
  func hardLinks() async throws {
    try await withTemporaryFolder { folder in
      let store = try LayerFixture(folder, "store")
      try store.file("one", "x")
      try store.file("two", "y")
      try store.hardLink("two-too", to: "two")
      let layer = try LayerFixture(folder, "layer")
      for name in ["one", "two", "two-too"] {
        try Files.makeHardLink(
          layer.directory.appending(name), to: store.directory.appending(name))
      }
      let entries = try FileTree([layer.layer], sourceDateEpoch: Self.epoch).entries
      #expect(entries.map(\.kind) == [.directory, .file, .file, .hardlink])
      #expect(entries.last?.link == "two")
    }
  }

  @Test("the file of a group that a layer above replaces leaves the others linked")
  func brokenGroup() async throws {
    try await withTemporaryFolder { folder in
      let entries = try FileTree(Self.stack(folder), sourceDateEpoch: Self.epoch).entries
      let links = entries.filter { $0.path.hasPrefix("usr/bin/") }
      #expect(links.map(\.kind) == [.file, .file, .hardlink])
      #expect(links.last?.link == "usr/bin/b")
    }
  }

  @Test("folders that the running system fills are empty, with their usual modes")
  func emptied() async throws {
    try await withTemporaryFolder { folder in
      let layer = try LayerFixture(folder, "layer")
      for name in ["dev/null", "proc/1", "run/lock/x", "sys/x", "tmp/x", "var/tmp/x"] {
        try layer.file(name)
      }
      try layer.folder("tmp", mode: 0o700)
      let entries = try FileTree([layer.layer], sourceDateEpoch: Self.epoch).entries
      #expect(
        entries.map(\.path) == [
          "", "dev", "proc", "run", "sys", "tmp", "var", "var/tmp", "var/tmp/x",
        ])
      #expect(entries.first { $0.path == "tmp" }?.permissions == 0o1777)
    }
  }

  @Test("times are clamped, sockets dropped, capabilities kept, other attributes dropped")
  func metadata() async throws {
    try await withTemporaryFolder { folder in
      let layer = try LayerFixture(folder, "layer")
      try layer.file("new")
      try Files.setModified(Self.epoch + 5, of: layer.directory.appending("new"))
      try layer.file("old")
      try layer.file("ping", mode: 0o755)
      let ping = layer.directory.appending("ping")
      try Files.setAttribute("security.capability", LayerFixture.capability, of: ping)
      try Files.setAttribute("user.note", [1], of: ping)
      try await python(
        "import socket; socket.socket(socket.AF_UNIX).bind('socket')", in: layer.directory)
      let entries = try FileTree([layer.layer], sourceDateEpoch: Self.epoch).entries
      #expect(entries.map(\.path) == ["", "new", "old", "ping"])
      #expect(entries.map(\.modified) == [Self.epoch, Self.epoch, 1_600_000_000, 1_600_000_000])
      #expect(entries.last?.capability == LayerFixture.capability)
    }
  }

  @Test("a renamed folder of an overlay is refused, since its content is elsewhere")
  func redirect() async throws {
    try await withTemporaryFolder { folder in
      let layer = try LayerFixture(folder, "layer")
      try layer.folder("moved")
      try Files.setAttribute(
        "trusted.overlay.redirect", Array("old".utf8), of: layer.directory.appending("moved"))
      let error = #expect(throws: ImageError.self) {
        try FileTree([layer.layer], sourceDateEpoch: Self.epoch)
      }
      #expect(error?.code == .unsupportedLayer)
    }
  }

  @Test("a folder that was only copied up stays its maker's")
  func origins() async throws {
    try await withTemporaryFolder { folder in
      let entries = try FileTree(Self.stack(folder), sourceDateEpoch: Self.epoch).entries
      let origins = Dictionary(uniqueKeysWithValues: entries.map { ($0.path, $0.origin.kind) })
      #expect(origins["etc"] == .base)
      #expect(origins["etc/gone"] == .wsl)
      #expect(origins["etc/replaced"] == .configuration)
      #expect(origins["opt/hidden"] == .configuration)
    }
  }
}

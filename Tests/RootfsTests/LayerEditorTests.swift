import Commands
import FileSystem
import Needs
import Sandbox
import SystemPackage
import TestSupport
import Testing

@testable import Rootfs

private let privileges = try? Privileges.detect(searchPath: "/usr/bin:/usr/sbin")
private let canMount = privileges == .root || privileges == .namespaceRoot

/// What the editor writes must mean to the kernel's overlay what it means to kiln.
@Suite("Layer editor", .needs("root, or root of a user namespace", if: canMount))
struct LayerEditorTests {
  private func with(
    _ body: (inout LayerEditor) throws -> Void, sees listing: String, of path: String
  ) async throws {
    try await with(body, sees: listing, of: ["ls", path])
  }

  private func with(
    _ body: (inout LayerEditor) throws -> Void, sees output: String, of arguments: [String]
  ) async throws {
    let privileges = try #require(privileges)
    try await withTemporaryFolder { folder in
      let place = Workplace(
        lower: [folder.appending("lower")], upper: folder.appending("upper"),
        work: folder.appending("work"), privileges: privileges)
      for path in place.lower + [place.upper, place.work] { try Files.makeDirectory(path) }
      try await TinyRoot.make(at: place.lower[0])
      try Files.makeDirectories(place.lower[0].appending("srv/data/deep"))
      try Files.write("", to: place.lower[0].appending("srv/data/old"))
      var editor = LayerEditor(place)
      try body(&editor)
      let command = SandboxCommand(
        layers: place.lower + [place.upper], writes: .discarded, arguments: arguments,
        environment: ["PATH": "/bin"])
      #expect(try await Sandbox(privileges: privileges).run(command).output == output)
      #expect(try place.stack.entry("srv/data/old") == nil)
    }
  }

  private let attributes = LayerEditor.Attributes(mode: 0o755)

  @Test("a folder that is deleted and made again is empty")
  func folder() async throws {
    try await with(
      { editor in
        try editor.remove("srv/data")
        try editor.makeFolder("srv/data", attributes)
      }, sees: "", of: "/srv/data")
  }

  @Test("so is one that is made again for a file in it, and one below another")
  func parents() async throws {
    try await with(
      { editor in
        try editor.remove("srv")
        try editor.write("new".utf8, at: "srv/data/new", attributes)
      }, sees: "new\n", of: "/srv/data")
  }

  @Test("a folder that is made for a file in somebody's home is theirs")
  func home() async throws {
    try await with(
      { editor in
        try editor.remove("srv/data")
        try editor.makeFolder("home", attributes)
        try editor.makeFolder("home/svc", .init(mode: 0o700, owner: 1000, group: 1001))
        try editor.write("new".utf8, at: "home/svc/.config/app/new", attributes)
        #expect(
          editor.written == [
            "home", "home/svc", "home/svc/.config", "home/svc/.config/app",
            "home/svc/.config/app/new",
          ])
      }, sees: "1000:1001\n1000:1001\n0:0\n0:0\n",
      of: [
        "stat", "-c", "%u:%g", "/home/svc/.config", "/home/svc/.config/app",
        "/home/svc/.config/app/new", "/home",
      ])
  }

  @Test("what is deleted again stays deleted")
  func twice() async throws {
    try await with(
      { editor in
        try editor.remove("srv/data")
        try editor.makeFolder("srv/data", attributes)
        try editor.remove("srv/data")
      }, sees: "", of: "/srv")
  }
}

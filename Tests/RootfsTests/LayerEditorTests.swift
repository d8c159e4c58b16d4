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
        layers: place.lower + [place.upper], writes: .discarded, arguments: ["ls", path],
        environment: ["PATH": "/bin"])
      #expect(try await Sandbox(privileges: privileges).run(command).output == listing)
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

import FileSystem
import Sandbox
import SystemPackage
import TestSupport

/// The decision about this machine, once for all tests.
let privileges = try? Privileges.detect(searchPath: "/usr/bin:/usr/sbin")
let canMount = privileges == .root || privileges == .namespaceRoot

/// A tiny root, an upper and a work directory in a temporary folder.
struct Fixture {
  let folder: FilePath
  let root: FilePath
  let upper: FilePath
  let work: FilePath
  let sandbox: Sandbox

  static func with(
    _ suffix: String = "", _ body: (Fixture) async throws -> Void
  ) async throws {
    let folder = FilePath("/tmp/kiln-sandbox-\(UInt64.random(in: .min ... .max))\(suffix)")
    defer { try? Files.removeTree(folder) }
    let fixture = Fixture(
      folder: folder, root: folder.appending("root"), upper: folder.appending("upper"),
      work: folder.appending("work"), sandbox: Sandbox(privileges: privileges ?? .root))
    for path in [fixture.root, fixture.upper, fixture.work] { try Files.makeDirectories(path) }
    try await TinyRoot.make(at: fixture.root)
    try await body(fixture)
  }

  func command(_ script: String, discarding: Bool = false) -> SandboxCommand {
    SandboxCommand(
      layers: [root], writes: discarding ? .discarded : .layer(upper: upper, work: work),
      arguments: ["sh", "-c", script], environment: ["PATH": "/bin"])
  }

  /// What the command fails with, nil where it does not.
  func failure(_ command: SandboxCommand) async -> SandboxError? {
    do throws(SandboxError) {
      try await sandbox.run(command)
      return nil
    } catch { return error }
  }

  /// Relative paths of everything in the upper directory.
  func written() throws -> [String] {
    var paths: [String] = []
    try Files.walk(upper) { path, _ in
      paths.append(path)
      return true
    }
    return paths
  }
}

import Commands
import Content
import Digests
import FileSystem
import Locks
import Recipes
import Rootfs
import Sandbox
import Store
import SystemPackage
import TestSupport

/// A recipe over a tiny base tarball: no packages, but everything that comes after them.
struct TinyBase {
  private static let privileges = try? Privileges.detect(searchPath: "/usr/bin:/usr/sbin")
  static let canMount = privileges == .root || privileges == .namespaceRoot

  static var sandbox: Sandbox { Sandbox(privileges: privileges ?? .root) }

  let folder: FilePath
  let store: Store
  let builder: RootfsBuilder
  let recipe: Recipe
  let lock: Lock
  /// The tarball.
  let artifacts: [SHA256Digest: FilePath]

  static func with(_ body: (TinyBase) async throws -> Void) async throws {
    let folder = FilePath("/tmp/kiln-rootfs-\(UInt64.random(in: .min ... .max))")
    defer { try? Files.removeTree(folder) }
    try Files.makeDirectories(folder)
    let tarball = folder.appending("base.tar")
    // Not compressed: to unpack it in each build took longer than the builds.
    let content = try await TinyRoot.tarball.value
    try Files.write(content, to: tarball)
    let digest = SHA256Digest(of: content)
    let base = Artifact(
      kind: .base, name: "tiny", version: "", architecture: .amd64,
      size: try Files.status(tarball)?.size ?? 0, sha256: digest, source: "recipe",
      path: "base.tar")
    let lock = Lock(
      recipe: "tiny", recipeDigest: digest, architecture: .amd64, date: 1_700_000_000,
      artifacts: [base], requested: [])
    let store = try Store(root: folder.appending("store"))
    let builder = RootfsBuilder(
      store: store, sandbox: sandbox, jobs: 2,
      sourceDateEpoch: lock.date
    ) { _ in }
    var recipe = Recipe(
      name: "tiny", base: .tarball(.init(location: .path("base.tar"), sha256: digest.hex)),
      directory: folder)
    recipe.wsl.install = [.importing]
    try await body(
      TinyBase(
        folder: folder, store: store, builder: builder, recipe: recipe, lock: lock,
        artifacts: [digest: tarball]))
  }

  static func step(_ name: String, _ script: String) -> Recipe.Step {
    Recipe.Step(
      name: name, script: script, user: "root", network: false, environment: [:], timeout: 600,
      inputs: [])
  }
}

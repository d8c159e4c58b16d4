import Content
import Digests
import Locks
import Recipes
import SystemPackage
import Testing

@testable import Builds

struct LockStalenessTests {
  private static let recipe: Recipe = {
    var recipe = Recipe(
      name: "a", base: .debian(.init(suite: "trixie", variant: .minbase, components: [])),
      directory: "/nonexistent")
    recipe.packages = ["nano", "less=1.0"]
    recipe.python = .init(venv: "/v", requirements: ["NumPy<2", "b"], wheels: [])
    recipe.sources = ["x", "y"].map {
      .init(name: $0, uri: "http://a", suite: "b", components: [], key: .inline("key"))
    }
    return recipe
  }()

  private func artifact(
    _ name: String, _ kind: Artifact.Kind, source: String = "debian"
  ) -> Artifact {
    Artifact(
      kind: kind, name: name, version: "1", architecture: .amd64, size: 1,
      sha256: SHA256Digest(ofText: name), source: source, path: name)
  }

  private func staleness(
    isOld: Bool = false, _ change: (inout Recipe) -> Void
  ) throws -> String {
    let digests = try Self.recipe.resolutionDigests
    let lock = Lock(
      recipe: "a", recipeDigest: digests.whole, architecture: .amd64, date: 0,
      artifacts: [
        artifact("nano", .package), artifact("less", .package), artifact("libc6", .package),
        artifact("own", .package, source: "recipe"), artifact("numpy", .wheel),
        artifact("b", .wheel),
      ],
      requested: ["b", "less", "nano", "numpy", "own"],
      recipeParts: isOld ? nil : digests.parts)
    var recipe = Self.recipe
    change(&recipe)
    return LockStaleness(of: lock, recipe, try recipe.resolutionDigests).description
  }

  @Test func namesTheKeysThatChanged() throws {
    let start = "changed since it was made: "
    #expect(
      try staleness {
        $0.packages = ["nano", "vim"]
        $0.base = .debian(.init(suite: "sid", variant: .minbase, components: []))
      } == start + "`base.debian`, `packages` (now also vim; no longer less)")
    #expect(try staleness { $0.packages = ["nano", "less=2.0"] } == start + "`packages`")
    #expect(
      try staleness { $0.python?.requirements = ["b"] }
        == start + "`python.requirements` (no longer numpy)")
    #expect(try staleness { $0.python?.index = "http://i" } == start + "`python.index`")
    #expect(try staleness { $0.recommends = true } == start + "`recommends`")
    #expect(try staleness { $0.sources[1].key = .inline("k") } == start + "`sources[y].key`")
    #expect(try staleness { $0.sources.reverse() } == start + "the order of `sources`")
    #expect(try staleness { $0.architecture = .arm64 } == start + "`architecture`")
  }

  /// Such locks are in people's repositories.
  @Test func saysWhatALockWithoutTheDigestsOfKeysTells() throws {
    #expect(
      try staleness(isOld: true) {
        $0.packages.append("vim")
        $0.recommends = true
      } == "changed since it was made: `packages` (now also vim)")
    #expect(try staleness(isOld: true) { $0.recommends = true }.contains("an older kiln made it"))
  }
}

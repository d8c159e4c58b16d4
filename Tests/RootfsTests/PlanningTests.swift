import Content
import Digests
import FileSystem
import Locks
import Needs
import Packages
import Recipes
import Rootfs
import Sandbox
import Store
import SystemPackage
import TestSupport
import Testing

/// What a build would have to make, found without making anything.
@Suite("Rootfs plans", .needs("root, or root of a user namespace", if: TinyBase.canMount))
struct PlanningTests {
  private func plan(
    _ base: TinyBase, _ recipe: Recipe? = nil, lock: Lock? = nil,
    artifacts: [SHA256Digest: FilePath] = [:]
  ) async throws -> RootfsPlan {
    let before = try results(base.store)
    let plan = try await base.builder.plan(
      recipe ?? base.recipe, lock: lock ?? base.lock, artifacts: artifacts)
    #expect(try results(base.store) == before, "planning made something")
    return plan
  }

  private func results(_ store: Store) throws -> Set<String> {
    guard Files.exists(store.root.appending("results")) else { return [] }
    var found: Set<String> = []
    try Files.walk(store.root.appending("results")) { (path, _) throws(FileError) in
      found.insert(path)
      return path.split(separator: "/").count < 3
    }
    return found
  }

  @Test("begins with the base where there is nothing, fetched or not")
  func nothing() async throws {
    try await TinyBase.with { base in
      let expected = (first: "base", unpack: 0)
      for artifacts in [[:], base.artifacts] {
        let plan = try await plan(base, artifacts: artifacts)
        #expect(plan.firstMade == expected.first && plan.toUnpack == expected.unpack)
      }
    }
  }

  @Test("has nothing to make after a build, even where the downloads are collected")
  func built() async throws {
    try await TinyBase.with { base in
      _ = try await base.builder.build(base.recipe, lock: base.lock, artifacts: base.artifacts)
      for artifacts in [[:], base.artifacts] {
        #expect(try await plan(base, artifacts: artifacts).firstMade == nil)
      }
    }
  }

  @Test("begins with the first layer that a change of the recipe concerns")
  func changes() async throws {
    try await TinyBase.with { base in
      var recipe = base.recipe
      recipe.run = [TinyBase.step("one", "echo 1 > /one"), TinyBase.step("two", "echo 2 > /two")]
      _ = try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      func first(_ change: (inout Recipe) -> Void) async throws -> String? {
        var changed = recipe
        change(&changed)
        return try await plan(base, changed).firstMade
      }
      #expect(try await first { _ in } == nil)
      #expect(try await first { $0.run[1].script = "echo 3 > /two" } == "step two")
      #expect(try await first { $0.run[0].environment = ["A": "1"] } == "step one")
      #expect(try await first { $0.run.swapAt(0, 1) } == "step two")
      #expect(try await first { $0.environment = ["A": "1"] } == "files")
      #expect(try await first { $0.wsl.install = [.importing, .fromFile] } == "flavour from-file")
      // A longer time limit makes no other result.
      #expect(try await first { $0.run[0].timeout = 600 } == nil)
    }
  }

  @Test("goes from packages to their configuration as they are unpacked and merged")
  func packages() async throws {
    try await TinyBase.with { base in
      let debs = [
        TestDeb("one", entries: [.init("usr/one", .file("1"))]),
        TestDeb("two", entries: [.init("usr/two", .file("2"))]),
      ]
      var packages: [(artifact: Artifact, file: FilePath)] = []
      for deb in debs {
        let file = try await deb.build(in: base.folder.appending("debs"))
        let bytes = try Files.read(file)
        packages.append(
          (
            Artifact(
              kind: .package, name: deb.name, version: deb.version, architecture: nil,
              size: Int64(bytes.count), sha256: SHA256Digest(of: bytes), source: "debian",
              path: deb.fileName), file
          ))
      }
      var recipe = base.recipe
      recipe.base = .debian(.init(suite: "trixie", variant: .minbase, components: ["main"]))
      let lock = Lock(
        recipe: "tiny", recipeDigest: base.lock.recipeDigest, architecture: .amd64,
        date: base.lock.date, artifacts: packages.map(\.artifact), requested: [])

      let nothing = try await plan(base, recipe, lock: lock)
      #expect(nothing.firstMade == "packages" && nothing.toUnpack == 2)

      let unpacker = PackageUnpacker(store: base.store, jobs: 1) { _ in }
      _ = try await unpacker.unpack(Array(packages.prefix(1)))
      let half = try await plan(base, recipe, lock: lock)
      #expect(half.firstMade == "packages" && half.toUnpack == 1)

      let unpacked = try await unpacker.unpack(packages)
      let apart = try await plan(base, recipe, lock: lock)
      #expect(apart.firstMade == "packages" && apart.toUnpack == 0)

      _ = try await PristineRoot.make(
        packages: unpacked, options: .init(architecture: .amd64, epoch: lock.date),
        store: base.store)
      let merged = try await plan(base, recipe, lock: lock)
      #expect(merged.firstMade == "configuration" && merged.toUnpack == 0)
    }
  }

  @Test("counts wheels that are not unpacked, and cannot see behind them")
  func wheels() async throws {
    try await TinyBase.with { base in
      _ = try await base.builder.build(base.recipe, lock: base.lock, artifacts: base.artifacts)
      var recipe = base.recipe
      recipe.python = .init(venv: "/opt/ml", requirements: ["name"], wheels: [])
      let wheel = Artifact(
        kind: .wheel, name: "name", version: "1", architecture: nil, size: 1,
        sha256: SHA256Digest(ofText: "wheel"), source: "pypi", path: "name/name-1.whl")
      let lock = Lock(
        recipe: "tiny", recipeDigest: base.lock.recipeDigest, architecture: .amd64,
        date: base.lock.date, artifacts: base.lock.artifacts + [wheel], requested: [])
      let plan = try await plan(base, recipe, lock: lock)
      #expect(plan.firstMade == "wheels" && plan.toUnpack == 1)
    }
  }
}

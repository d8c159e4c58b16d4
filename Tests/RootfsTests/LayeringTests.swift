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
import Testing

private let privileges = try? Privileges.detect(searchPath: "/usr/bin:/usr/sbin")
private let canMount = privileges == .root || privileges == .namespaceRoot

/// A recipe over a tiny base tarball: no packages, but everything that comes after them.
@Suite("Rootfs layers", .enabled(if: canMount, "needs root, or root of a user namespace"))
struct LayeringTests {
  private func with(
    _ body: (Recipe, (Recipe) async throws -> Rootfs) async throws -> Void
  ) async throws {
    let folder = FilePath("/tmp/kiln-rootfs-\(UInt64.random(in: .min ... .max))")
    defer { try? Files.removeTree(folder) }
    let tree = folder.appending("tree")
    try Files.makeDirectories(tree)
    try await TinyRoot.make(at: tree)
    let tarball = folder.appending("base.tar.gz")
    try await Command(
      "tar", ["-C", tree.string, "-czf", tarball.string, "."],
      environment: ["PATH": "/usr/bin:/bin"]
    ).run()
    let digest = SHA256Digest(of: try Files.read(tarball))
    let base = Artifact(
      kind: .base, name: "tiny", version: "", architecture: .amd64,
      size: try Files.status(tarball)?.size ?? 0, sha256: digest, source: "recipe",
      path: "base.tar.gz")
    let lock = Lock(
      recipe: "tiny", recipeDigest: digest, architecture: .amd64, date: 1_700_000_000,
      artifacts: [base], requested: [])
    let store = try Store(root: folder.appending("store"))
    let builder = RootfsBuilder(
      store: store, sandbox: Sandbox(privileges: privileges ?? .root), jobs: 2,
      sourceDateEpoch: lock.date
    ) { _ in }
    var recipe = Recipe(
      name: "tiny", base: .tarball(.init(location: .path("base.tar.gz"), sha256: digest.hex)),
      directory: folder)
    recipe.wsl.install = [.importing]
    try await body(recipe) { recipe in
      try await builder.build(recipe, lock: lock, artifacts: [digest: tarball])
    }
  }

  private func step(_ name: String, _ script: String) -> Recipe.Step {
    Recipe.Step(
      name: name, script: script, user: "root", network: false, environment: [:], timeout: 30,
      inputs: [])
  }

  @Test("puts files and steps in, and makes again only what changed")
  func reuse() async throws {
    try await with { (recipe, build) async throws in
      var recipe = recipe
      recipe.files = [
        .init(
          source: .content("hello\n"), to: "/opt/a/hello", mode: 0o640, owner: "root", group: "0")
      ]
      recipe.run = [step("one", "cat /opt/a/hello > /one"), step("two", "rm /opt/a/hello")]
      let first = try await build(recipe)
      #expect(first.stages.allSatisfy { !$0.reused })
      let stack = LayerStack(first.layers.map(\.directory))
      #expect(try stack.entry("opt/a/hello") == nil)
      #expect(try stack.entry("kiln") == nil)
      let one = try #require(try stack.file("one"))
      #expect(try Files.readText(one) == "hello\n")
      #expect(try stack.entry("etc/machine-id")?.status.size == 0)

      let second = try await build(recipe)
      #expect(second.stages.filter { !$0.reused } == [])
      #expect(second.layers == first.layers)

      recipe.run[1].script = "echo two > /two"
      let third = try await build(recipe)
      #expect(third.stages.filter { !$0.reused }.map(\.name).first == "step two")
    }
  }

  @Test("a step that fails says why, and the next build goes on there")
  func failure() async throws {
    try await with { (recipe, build) async throws in
      var recipe = recipe
      recipe.run = [step("good", "echo 1 > /good"), step("bad", "echo the reason; exit 4")]
      do {
        _ = try await build(recipe)
        Issue.record("the step did not fail")
      } catch let error as RootfsError {
        #expect(error.code == .step)
        #expect(error.subject == "bad")
        #expect(error.detail == "the reason")
      }
      recipe.run[1].script = "echo ok"
      let rootfs = try await build(recipe)
      #expect(rootfs.stages.filter { $0.name == "step good" }.map(\.reused) == [true])
    }
  }

  @Test("names a user that the image does not have")
  func unknownUser() async throws {
    try await with { (recipe, build) async throws in
      var recipe = recipe
      recipe.run = [step("one", ":")]
      recipe.run[0].user = "nobody-here"
      do {
        _ = try await build(recipe)
        Issue.record("the user was not missed")
      } catch let error as RootfsError {
        #expect(error.code == .unknownUser)
        #expect(error.subject == "nobody-here")
      }
    }
  }
}

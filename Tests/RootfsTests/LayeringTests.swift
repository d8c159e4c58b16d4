import Content
import FileSystem
import Needs
import Recipes
import Rootfs
import Sandbox
import Testing

/// A recipe over a tiny base tarball: no packages, but everything that comes after them.
@Suite("Rootfs layers", .needs("root, or root of a user namespace", if: TinyBase.canMount))
struct LayeringTests {
  private func with(
    _ body: (Recipe, (Recipe) async throws -> Rootfs) async throws -> Void
  ) async throws {
    try await TinyBase.with { base in
      try await body(base.recipe) { recipe in
        try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
      }
    }
  }

  private func step(_ name: String, _ script: String) -> Recipe.Step {
    TinyBase.step(name, script)
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

  @Test("refuses a file that a link leads to where images are empty")
  func vanishing() async throws {
    try await with { (recipe, build) async throws in
      var recipe = recipe
      let file = { Recipe.FileEntry(source: $0, to: $1, mode: nil, owner: "root", group: "root") }
      recipe.files = [
        file(.symlink("/run"), "/var/run"), file(.content("x"), "/var/run/app/settings"),
      ]
      do {
        _ = try await build(recipe)
        Issue.record("the file was not missed")
      } catch let error as RootfsError {
        #expect(error.code == .blockedPath)
        #expect(error.subject == "/var/run/app/settings")
      }
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

import Content
import Digests
import FileSystem
import Locks
import Materials
import Needs
import Recipes
import Rootfs
import SystemPackage
import Testing

/// Why a layer is made again, and what a bill of materials says of the files.
@Suite(
  "Explaining layers", .needs("root, or root of a user namespace", if: TinyBase.canMount))
struct ExplainingTests {
  private func with(
    _ body: (TinyBase, (Recipe) async throws -> [LayerExplanation]) async throws -> Void
  ) async throws {
    try await TinyBase.with { base in
      try await body(base) { recipe in
        try await base.builder.explain(recipe, lock: base.lock, artifacts: base.artifacts)
      }
    }
  }

  private func build(_ base: TinyBase, _ recipe: Recipe) async throws -> Rootfs {
    try await base.builder.build(recipe, lock: base.lock, artifacts: base.artifacts)
  }

  private func recipe(_ base: TinyBase) throws -> Recipe {
    var recipe = base.recipe
    try Files.write("one\n", to: base.folder.appending("input"))
    recipe.files = [
      .init(source: .content("hello\n"), to: "/opt/hello", mode: nil, owner: "root", group: "root")
    ]
    var second = TinyBase.step("two", "echo a\necho b > /two\n")
    second.environment = ["COLOUR": "red"]
    second.inputs = [.init("input")]
    recipe.run = [TinyBase.step("one", "echo 1 > /one"), second]
    return recipe
  }

  private func texts(_ changes: [LayerExplanation.Change]) -> [String] {
    changes.map { "\($0.input): \($0.before ?? "nothing") → \($0.after ?? "nothing")" }
  }

  @Test("every layer of a build is told, and none that is not made")
  func names() async throws {
    try await with { base, explain in
      var recipe = try recipe(base)
      recipe.wsl.install = [.importing, .fromFile]
      let before = try await explain(recipe)
      #expect(before.first?.state == .made && before.first?.layer == "base")
      #expect(before.first?.reason == "the store knows no earlier one of this recipe")
      #expect(before.dropFirst().allSatisfy { $0.state == .follows })
      let rootfs = try await build(base, recipe)
      #expect(before.map(\.layer) == rootfs.stages.map(\.name))
      let after = try await explain(recipe)
      #expect(after.map(\.layer) == before.map(\.layer))
      #expect(after.allSatisfy { $0.state == .reused && $0.changes.isEmpty })
    }
  }

  /// - Returns: the layer that is made, and those that follow.
  private func made(
    _ change: (inout Recipe, TinyBase) throws -> Void
  ) async throws -> (layer: LayerExplanation, follows: [String]) {
    var found: (LayerExplanation, [String])?
    try await with { base, explain in
      var recipe = try recipe(base)
      _ = try await build(base, recipe)
      try change(&recipe, base)
      let layers = try await explain(recipe)
      let layer = try #require(layers.first { $0.state == .made })
      #expect(layers.count { $0.state == .made } == 1)
      found = (layer, layers.filter { $0.state == .follows }.map(\.layer))
    }
    return try #require(found)
  }

  @Test("another script is the first input that differs")
  func script() async throws {
    let (layer, follows) = try await made { recipe, _ in recipe.run[0].script = "echo 2 > /one" }
    #expect(layer.layer == "step one")
    #expect(
      texts(layer.changes) == ["the script: echo 1 > /one → echo 2 > /one"])
    #expect(follows == ["step two", "clean-up", "bill of materials", "flavour import"])
  }

  @Test("variables and files of a step are inputs by their names")
  func inputs() async throws {
    let (variable, _) = try await made { recipe, _ in
      recipe.run[1].environment = ["COLOUR": "green", "SHAPE": "round"]
    }
    #expect(
      texts(variable.changes)
        == ["variable COLOUR: red → green", "variable SHAPE: nothing → round"])
    let (input, follows) = try await made { _, base in
      try Files.write("two\n", to: base.folder.appending("input"))
    }
    #expect(input.layer == "step two" && input.changes.map(\.input) == ["input input"])
    #expect(follows == ["clean-up", "bill of materials", "flavour import"])
  }

  @Test("a file of the recipe that changed, came or went")
  func files() async throws {
    let (changed, _) = try await made { recipe, _ in
      recipe.files = [
        .init(source: .content("bye\n"), to: "/opt/hello", mode: nil, owner: "root", group: "root"),
        .init(source: .content("x"), to: "/opt/new", mode: nil, owner: "root", group: "root"),
      ]
    }
    #expect(changed.layer == "files" && changed.changes.map(\.input) == ["/opt/hello", "/opt/new"])
    #expect(changed.changes[0].before != nil && changed.changes[1].before == nil)
    let (gone, _) = try await made { recipe, _ in recipe.files = [] }
    #expect(gone.changes.map(\.input) == ["/opt/hello"] && gone.changes[0].after == nil)
  }

  @Test("a new step has nothing before it; of several earlier ones the nearest counts")
  func nearest() async throws {
    let (new, _) = try await made { recipe, _ in
      recipe.run.append(TinyBase.step("three", "echo 3"))
    }
    #expect(new.layer == "step three" && new.changes.isEmpty && new.reason != nil)
    try await with { base, explain in
      var recipe = try recipe(base)
      recipe.run[1].environment = ["COLOUR": "red", "SHAPE": "round", "SIZE": "big"]
      _ = try await build(base, recipe)
      recipe.run[1].environment = ["COLOUR": "blue", "SHAPE": "square", "SIZE": "small"]
      _ = try await build(base, recipe)
      recipe.run[1].environment = ["COLOUR": "red", "SHAPE": "round", "SIZE": "small"]
      let layer = try await explain(recipe).first { $0.state == .made }
      #expect(texts(layer?.changes ?? []) == ["variable SIZE: big → small"])
    }
  }

  @Test("the bill names what the recipe added and is left of it, with its digest")
  func bill() async throws {
    try await with { base, _ in
      var recipe = base.recipe
      recipe.wsl.install = [.importing, .fromFile]
      recipe.files = [
        .init(source: .content("a"), to: "/opt/kept", mode: nil, owner: "root", group: "root"),
        .init(source: .content("b"), to: "/opt/gone", mode: nil, owner: "root", group: "root"),
        .init(source: .symlink("kept"), to: "/opt/link", mode: nil, owner: "root", group: "root"),
        .init(source: .content("c"), to: "/opt/over", mode: nil, owner: "root", group: "root"),
      ]
      recipe.run = [
        TinyBase.step("make", "rm /opt/gone; echo changed > /opt/over; echo x >> /etc/passwd")
      ]
      let rootfs = try await build(base, recipe)
      let bill = try #require(rootfs.bills[.importing])
      #expect(bill.materials.map(\.artifact) == base.lock.artifacts)
      let files = Dictionary(uniqueKeysWithValues: bill.files.map { ($0.path, $0) })
      #expect(files["/opt/kept"]?.sha256 == .init(ofText: "a"))
      #expect(files["/opt/kept"]?.sha1 == "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8")
      #expect(files["/opt/kept"]?.origin == Origin(.file, name: "/opt/kept"))
      #expect(files["/opt/gone"] == nil)
      #expect(files["/opt/link"]?.link == "kept")
      #expect(files["/opt/over"]?.origin == Origin(.step, name: "make"))
      #expect(files["/opt/over"]?.sha256 == .init(ofText: "changed\n"))
      #expect(files["/etc/passwd"]?.origin.kind == .step)
      // The base's own files are told by naming the base.
      #expect(files["/bin/sh"] == nil && files["/etc/group"] == nil)
      #expect(bill.files.map(\.path) == bill.files.map(\.path).sorted())

      let other = try #require(rootfs.bills[.fromFile])
      let paths = (Set(bill.files.map(\.path)), Set(other.files.map(\.path)))
      #expect(paths.1.contains("/usr/lib/wsl/oobe.sh") && !paths.0.contains("/usr/lib/wsl/oobe.sh"))
      let inside = try #require(
        try LayerStackFile.read("usr/share/kiln/sbom.spdx.json", rootfs.layers))
      #expect(inside.contains("./opt/kept") && !inside.contains("oobe.sh"))
      #expect(try LayerStackFile.read("usr/share/kiln/sbom.cdx.json", rootfs.layers) != nil)
    }
  }
}

enum LayerStackFile {
  static func read(_ path: String, _ layers: [Layer]) throws -> String? {
    for layer in layers.reversed() where Files.exists(layer.directory.appending(path)) {
      return try Files.readText(layer.directory.appending(path))
    }
    return nil
  }
}

import Diagnostics
import Digests
import FileSystem
import Recipes
import SystemPackage
import Testing

struct ExtendingTests {
  static let base = """
    recipe: 1
    name: base
    description: the base
    variables: {greeting: hello}
    base: {debian: {suite: bookworm}}
    packages: [nano, less]
    python: {venv: /opt/ml, requirements: ["numpy>=2", six], index: "https://example.org/"}
    environment: {A: a, B: "${greeting}"}
    files: [{from: files/a.txt, to: /etc/a}]
    users: [{name: kiln, uid: 1000}]
    run: [{name: first, script: "true"}]
    """

  @Test func listsAppendMappingsMergeTheRestIsReplaced() async throws {
    let text = """
      recipe: 1
      name: top
      extends: base.yaml
      variables: {greeting: good day}
      base: {debian: {suite: trixie}}
      packages: [less, curl]
      python: {requirements: [torch]}
      environment: {A: b, C: c}
      run: [{name: second, script: "false"}]
      """
    try await Kitchen.with(text, others: ["base.yaml": Self.base]) { kitchen in
      let recipe = try kitchen.read()
      #expect(recipe.name == "top")
      #expect(recipe.description == "the base")
      #expect(
        recipe.base
          == .debian(.init(suite: "trixie", variant: .minbase, components: ["main"])))
      #expect(recipe.packages == ["nano", "less", "curl"])
      #expect(recipe.python?.venv == "/opt/ml")
      #expect(recipe.python?.requirements == ["numpy>=2", "six", "torch"])
      #expect(recipe.environment == ["A": "b", "B": "good day", "C": "c"])
      #expect(recipe.run.map(\.name) == ["first", "second"])
      #expect(recipe.place(ofPackage: "nano")?.file == kitchen.folder.appending("base.yaml").string)
    }
  }

  @Test func removeTakesAway() async throws {
    let text = """
      recipe: 1
      name: top
      extends: base.yaml
      remove: ["packages[nano]", python.index, "python.requirements[numpy]", environment.A,
        "files[/etc/a]", "users[kiln]", run]
      users: [{name: kiln, uid: 1001}]
      """
    try await Kitchen.with(text, others: ["base.yaml": Self.base]) { kitchen in
      let recipe = try kitchen.read()
      #expect(recipe.packages == ["less"])
      #expect(recipe.python?.index == nil)
      #expect(recipe.python?.requirements == ["six"])
      #expect(recipe.environment == ["B": "hello"])
      #expect(recipe.files == [])
      #expect(recipe.users.map(\.uid) == [1001])
      #expect(recipe.run == [])
    }
  }

  @Test func anotherDistributionReplacesTheBase() async throws {
    let text = "recipe: 1\nname: top\nextends: base.yaml\nbase: {ubuntu: {suite: noble}}\n"
    try await Kitchen.with(text, others: ["base.yaml": Self.base]) { kitchen in
      let recipe = try kitchen.read()
      #expect(
        recipe.base
          == .ubuntu(
            .init(suite: "noble", variant: .minbase, components: ["main", "universe"])))
    }
  }

  /// Provenance tells of what was read, also where somebody goes on editing during the build.
  @Test func digestsAreOfTheFilesAsTheyWereRead() async throws {
    let base = "recipe: 1\n"
    let text = "recipe: 1\nname: top\nextends: team/base.yaml\nbase: {debian: {suite: trixie}}\n"
    try await Kitchen.with(text, others: ["team/base.yaml": base]) { kitchen in
      let recipe = try kitchen.read()
      try kitchen.write("recipe.yaml", "something else")
      let expected = [
        kitchen.folder.appending("recipe.yaml").string: SHA256Digest(ofText: text),
        kitchen.folder.pushing("team/base.yaml").string: SHA256Digest(ofText: base),
      ]
      #expect(recipe.places.digests == expected)
    }
  }

  @Test func inputsKeepTheNamesThatTheRecipeGivesThem() async throws {
    let text = minimal("run: [{name: a, script: b, inputs: [./files/up/leaf, files/link]}]\n")
    try await Kitchen.with(text) { kitchen in
      let inputs = try kitchen.read().run[0].inputs
      #expect(
        inputs == [
          .init("tree/leaf", name: "files/up/leaf"), .init("files/a.txt", name: "files/link"),
        ])
    }
  }

  @Test func pathsBelongToTheFileThatNamesThem() async throws {
    let base = minimal("files: [{from: own.txt, to: /etc/own}]\n")
    let middle =
      "recipe: 1\nname: m\nextends: deep/base.yaml\nrun: [{name: a, script: b, inputs: [own.txt]}]\n"
    let others = [
      "team/deep/base.yaml": base, "team/deep/own.txt": "deep", "team/middle.yaml": middle,
      "team/own.txt": "middle",
    ]
    let text = "recipe: 1\nname: top\nextends: team/middle.yaml\n"
    try await Kitchen.with(text, others: others) { kitchen in
      let recipe = try kitchen.read()
      #expect(recipe.files.map(\.source) == [.path("team/deep/own.txt")])
      #expect(recipe.run.map(\.inputs) == [[.init("team/own.txt")]])
    }
  }

  @Test(arguments: [
    ("extends: recipe.yaml\n", "K1113 4:10"), ("extends: ./recipe.yaml\n", "K1113 4:10"),
    ("extends: missing.yaml\n", "K1111 4:10"), ("extends: ../outside/secret\n", "K1110 4:10"),
    ("extends: /etc/passwd\n", "K1110 4:10"), ("extends: [a]\n", "K1105 4:10"),
    ("extends: tree\n", "K1112 4:10"), ("extends: files/out\n", "K1110 4:10"),
    ("extends: base.yaml\nremove: packages\n", "K1105 5:9"),
    ("extends: base.yaml\nremove: [packages, pakages]\n", "K1115 5:20"),
    ("extends: base.yaml\nremove: ['packages[nanno]']\n", "K1115 5:10"),
    ("extends: base.yaml\nremove: [python.index.url]\n", "K1115 5:10"),
    ("extends: base.yaml\nremove: [packages..a]\n", "K1106 5:10"),
    ("extends: base.yaml\nusers: [{name: kiln, uid: 1001}]\n", "K1109 5:16"),
  ])
  func refusesWhatCannotBeExtended(more: String, position: String) async throws {
    try await Kitchen.with(minimal(more), others: ["base.yaml": Self.base]) { kitchen in
      let complaints = kitchen.complaints()
      #expect(complaints.map(\.position) == [position], "\(complaints)")
      #expect(complaints.map(\.file) == ["recipe.yaml"])
    }
  }

  @Test func findsLongCycles() async throws {
    let others = [
      "b.yaml": "recipe: 1\nname: b\nextends: c.yaml\n",
      "c.yaml": "recipe: 1\nname: c\nextends: b.yaml\n",
    ]
    try await Kitchen.with(minimal("extends: b.yaml\n"), others: others) { kitchen in
      let complaints = kitchen.complaints()
      #expect(complaints.map(\.position) == ["K1113 3:10"])
      #expect(complaints.map(\.file) == ["c.yaml"])
      #expect(complaints.first?.diagnostic.reason?.contains("→") == true)
    }
  }

  @Test func findsLongChains() async throws {
    var others: [String: String] = [:]
    for number in 0..<20 {
      others["\(number).yaml"] = "recipe: 1\nname: a\nextends: \(number + 1).yaml\n"
    }
    try await Kitchen.with(minimal("extends: 0.yaml\n"), others: others) { kitchen in
      #expect(kitchen.complaints().map(\.code) == ["K1113"])
    }
  }

  @Test func errorsOfTheExtendedRecipePointThere() async throws {
    let others = ["base.yaml": "name: b\nbase: {debian: {suite: a}}\npackages: [Nano]\n"]
    let text = "recipe: 1\nname: a\nextends: base.yaml\nlocale: x\n"
    try await Kitchen.with(text, others: others) { kitchen in
      let complaints = kitchen.complaints()
      #expect(complaints.map(\.position) == ["K1106 4:9", "K1104 1:1", "K1106 3:12"])
      #expect(complaints.map(\.file) == ["recipe.yaml", "base.yaml", "base.yaml"])
    }
  }

  @Test func theNameIsNotInherited() async throws {
    try await Kitchen.with(
      "recipe: 1\nextends: base.yaml\n", others: ["base.yaml": Self.base]
    ) { kitchen in
      #expect(kitchen.complaints().map(\.position) == ["K1104 1:1"])
    }
  }
}

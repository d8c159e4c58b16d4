import Diagnostics
import FileSystem
import Recipes
import SystemPackage
import Testing

struct BadRecipeTests {
  @Test(arguments: BadRecipe.all)
  func pointsAtWhatIsWrong(bad: BadRecipe) async throws {
    try await Kitchen.with(bad.text) { kitchen in
      let complaints = kitchen.complaints()
      #expect(
        complaints.map(\.position) == ["\(bad.code) \(bad.line):\(bad.column)"], "\(complaints)")
      let diagnostic = try #require(complaints.first?.diagnostic)
      let lines = bad.text.split(separator: "\n", omittingEmptySubsequences: false)
      if !["K1002", "K1003"].contains(bad.code) {
        #expect(diagnostic.place?.excerpt == String(lines[bad.line - 1]))
      }
      if let remedy = bad.remedy { #expect(diagnostic.remedy?.contains(remedy) == true) }
    }
  }

  @Test func everyCodeHasABadRecipe() {
    let covered = Set(BadRecipe.all.map(\.code))
    // These need several files, or the reader's settings; they have tests of their own.
    let others: Set<RecipeError.Code> = [.notYAML, .unreadable, .extendsCycle, .unknownSetting]
    let missing = RecipeError.Code.allCases.filter {
      !covered.contains($0.rawValue) && !others.contains($0)
    }
    #expect(missing == [])
  }

  @Test func reportsAllAtOnceInTheOrderOfTheFile() async throws {
    let text = """
      recipe: 1
      name: Bad Name
      nam: x
      base: {debian: {suit: trixie}}
      packages: [nano, Less, nano]
      packages: [less]
      users: [{name: a, uid: 5}]
      wsl: {conf: {user: {default: a}}}
      locale: xx
      """
    try await Kitchen.with(text) { kitchen in
      #expect(
        kitchen.complaints().map(\.position) == [
          "K1106 2:7", "K1103 3:1", "K1103 4:17", "K1106 5:18", "K1011 6:1",
          "K1106 7:24", "K1106 9:9",
        ])
    }
  }

  @Test func eachItemOfAListHasItsOwnNumber() async throws {
    try await Kitchen.with(minimal("users: [{name: A}, {name: b}, {name: C, uid: x}]\n")) {
      kitchen in
      let messages = kitchen.complaints().map(\.diagnostic.message)
      let subjects = messages.map { $0.split(separator: " ").first ?? "" }
      #expect(subjects == ["`users[0].name`", "`users[2].name`", "`users[2].uid`"])
    }
  }

  @Test func quotesAreProposedOnlyWhereTheyHelp() async throws {
    let step = "run: [{name: a, script: b, timeout: 90}]\n"
    try await Kitchen.with(minimal(step)) { kitchen in
      let complaint = try #require(kitchen.complaints().first?.diagnostic)
      #expect(complaint.message.contains("`90s`") && complaint.remedy == nil)
    }
  }

  @Test func aFileThatIsNotThereIsNamed() async throws {
    try await Kitchen.with(minimal()) { kitchen in
      let error = try #require(throws: RecipeError.self) { try kitchen.read("other.yaml") }
      #expect(error.code == .unreadable)
      #expect(error.diagnostics.first?.code == "K7001")
    }
  }

  @Test func invalidBytesAreAnError() async throws {
    try await Kitchen.with("") { kitchen in
      let bytes = Array(minimal("description: ").utf8) + [0xC3, 0x28]
      try Files.write(bytes, to: kitchen.folder.appending("recipe.yaml"))
      #expect(kitchen.complaints().map(\.position) == ["K1004 4:14"])
    }
  }

  /// What is wrong with a variable is said where it is defined, and not at each use too.
  @Test(arguments: [
    ("variables: {who: [a], on: b}\n", "K1105 4:18"), ("variables: {who: , on: b}\n", "K1105 4:18"),
    ("variables: {who: \"a\\0\", on: b}\n", "K1106 4:18"), ("variables: [who]\n", "K1105 4:12"),
  ])
  func aVariableWithABadValueIsOneError(definition: String, position: String) async throws {
    let uses = """
      description: by ${who} ${who}
      environment: {A: "${who}"}
      users: [{name: "${who}"}, {name: b, uid: 1001}]
      wsl: {conf: {user: {default: "${who}"}}}

      """
    try await Kitchen.with(minimal(definition + uses)) { kitchen in
      #expect(kitchen.complaints().map(\.position) == [position])
      if definition.contains("on:") {
        #expect(kitchen.complaints(set: ["who": "x", "on": "c"]).map(\.position) == [position])
      }
    }
    try await Kitchen.with(minimal(definition + uses + "locale: ${whom}\n")) { kitchen in
      #expect(
        kitchen.complaints().map(\.code)
          == [String(position.prefix(5))] + (definition.contains("on:") ? ["K1114"] : []))
    }
  }

  @Test func settingsOfUnknownVariablesAreErrors() async throws {
    try await Kitchen.with(minimal("variables: {who: a}\n")) { kitchen in
      let complaints = kitchen.complaints(set: ["wo": "b"])
      #expect(complaints.map(\.code) == ["K1117"])
      #expect(complaints.first?.diagnostic.remedy == "did you mean `--set who=…`?")
    }
  }
}

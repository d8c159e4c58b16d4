import Diagnostics
import FileSystem
import Recipes
import SystemPackage
import Testing

struct ShippedRecipeTests {
  static func recipes() throws -> [FilePath] {
    try ["Recipes", "Tests/EndToEndTests/Recipes"].flatMap { folder in
      try Files.entries(package.appending(folder)).filter { $0.hasSuffix(".yaml") }
        .map { package.appending(folder).appending($0) }
    }
  }

  @Test func everyRecipeIsRead() throws {
    for path in try Self.recipes() {
      let recipe = try RecipeReader().read(path)
      #expect(recipe.name == path.stem)
      #expect(!recipe.description.isEmpty)
    }
  }

  @Test func everyRecipeTellsEditorsItsSchema() throws {
    for path in try Self.recipes() {
      let first = try Files.readText(path).split(separator: "\n").first ?? ""
      #expect(first.hasPrefix("# yaml-language-server: $schema="))
      let schema = String(first.drop { $0 != "=" }.dropFirst())
      let found = path.removingLastComponent().pushing(FilePath(schema)).lexicallyNormalized()
      #expect(found == package.appending("Recipes/schema.json"))
    }
  }

  @Test func anExtendingRecipeIsWhatItSays() throws {
    let recipe = try RecipeReader().read(
      package.appending("Tests/EndToEndTests/Recipes/bullseye.yaml"))
    #expect(recipe.python == nil)
    #expect(recipe.timezone == nil)
    #expect(recipe.run.map(\.name) == ["locale", "inputs", "last"])
    #expect(recipe.wsl.install == [.importing])
    #expect(recipe.wsl.conf["boot"] == ["systemd": .boolean(true)])
    #expect(recipe.wsl.conf["interop"] == nil)
  }
}

import Recipes
import Testing

struct DocumentTests {
  @Test func theSchemaOfTheRecipesIsFresh() throws {
    try expectRecorded("Recipes/schema.json") { _ in RecipeSchema.json() }
  }

  @Test func theReferenceIsFresh() throws {
    try expectRecorded("docs/recipe-reference.md") { recorded in
      let start = "<!-- keys -->\n"
      let end = "<!-- end of keys -->"
      guard let first = recorded.firstRange(of: start), let last = recorded.firstRange(of: end)
      else { return "the marks of the tables are missing" }
      return recorded[..<first.upperBound] + RecipeReference.tables + "\n"
        + recorded[last.lowerBound...]
    }
  }

  @Test func theSchemaCanHaveAnIdentifier() {
    #expect(RecipeSchema.json(identifier: "https://example.org/a").contains("\"$id\""))
    #expect(!RecipeSchema.json().contains("\"$id\""))
  }
}

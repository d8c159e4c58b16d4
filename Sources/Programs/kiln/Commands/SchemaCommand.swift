import ArgumentParser
import Recipes

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of recipes, for editors.")

  func run() throws {
    Terminal.output.write(RecipeSchema.json())
  }
}

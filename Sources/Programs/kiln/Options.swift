import ArgumentParser
import Builds
import Content
import SystemPackage

/// What every command that works takes.
struct WorkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The cache (default: $KILN_STORE, else ~/.cache/kiln).", valueName: "folder"),
    completion: .directory)
  var store: String?

  @Option(help: "How many packages, transfers and blocks to work on at once.")
  var jobs = Surroundings.processors

  @Flag(help: "Use only what the store has.")
  var offline = false

  @Option(help: "How to show progress on standard error.")
  var progress = ProgressReporter.Style.auto

  @Flag(help: "Print the result, or the errors, as JSON on standard output.")
  var json = false

  func validate() throws {
    guard (1...512).contains(jobs) else {
      throw ValidationError("--jobs takes a number from 1 to 512.")
    }
  }

  func settings(_ reporter: ProgressReporter) -> BuildSettings {
    BuildSettings(
      store: Surroundings.store(store), jobs: jobs, offline: offline,
      environment: Surroundings.environment, progress: { reporter.send($0) })
  }
}

extension ProgressReporter.Style: ExpressibleByArgument {}

/// Recipes with the values of their variables.
struct RecipeOptions: ParsableArguments {
  @Argument(help: "Recipe files.", completion: .file(extensions: ["yaml", "yml"]))
  var recipes: [String]

  @Option(name: .customLong("set"), help: "Give a recipe's variable a value; may be repeated.")
  var variables: [Assignment] = []

  func validate() throws {
    guard !recipes.isEmpty else { throw ValidationError("Name at least one recipe.") }
  }

  var values: [String: String] {
    Dictionary(variables.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  var paths: [FilePath] { recipes.map(Surroundings.absolute) }
}

/// `name=value`.
struct Assignment: ExpressibleByArgument {
  let name: String
  let value: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    name = String(parts[0])
    value = String(parts[1])
  }
}

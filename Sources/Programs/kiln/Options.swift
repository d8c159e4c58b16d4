import ArgumentParser
import Builds
import Content
import SystemPackage

/// What every command that builds or resolves takes.
struct WorkOptions: ParsableArguments {
  @OptionGroup var cache: CacheOptions

  @Option(
    parsing: .number,
    help: ArgumentHelp(
      "How many packages, transfers and blocks to work on at once.", valueName: "number"))
  var jobs = Surroundings.processors

  @Flag(help: "Use only what the store has.")
  var offline = false

  @OptionGroup var talk: ProgressOptions

  func validate() throws {
    guard (1...512).contains(jobs) else {
      throw ValidationError("--jobs takes a number from 1 to 512.")
    }
  }

  func settings(_ reporter: ProgressReporter) -> BuildSettings {
    cache.settings(reporter, jobs: jobs, offline: offline)
  }
}

/// Where the cache is.
struct CacheOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The cache (default: $KILN_STORE, else $XDG_CACHE_HOME/kiln, else ~/.cache/kiln).",
      valueName: "folder"),
    completion: .directory)
  var store: String?

  func validate() throws {
    // An empty path is the working folder; it comes from a variable that is not set.
    guard store != "" else { throw ValidationError("--store takes a folder, and got nothing.") }
  }

  var path: FilePath { Surroundings.store(store) }

  func settings(
    _ reporter: ProgressReporter, jobs: Int = Surroundings.processors, offline: Bool = false
  ) -> BuildSettings {
    BuildSettings(
      store: path, jobs: jobs, offline: offline, environment: Surroundings.environment,
      now: Surroundings.now, smokeTests: Surroundings.smokeTests,
      peakMemory: { Surroundings.peakMemory }, progress: { reporter.send($0) })
  }
}

/// How to talk while working.
struct ProgressOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How to show progress on standard error.", valueName: "style"))
  var progress = ProgressReporter.Style.auto

  var reporter: ProgressReporter { ProgressReporter(style: progress) }
}

/// How to answer.
struct AnswerOptions: ParsableArguments {
  @Flag(help: "Print the result, or the errors, as JSON on standard output.")
  var json = false
}

extension ProgressReporter.Style: ExpressibleByArgument {}

extension SingleValueParsingStrategy {
  /// Takes the next word whatever it begins with: else the parser says of `--days -1` that the value is
  /// missing.
  static var number: Self { .unconditional }
}

/// Values for recipes' variables.
struct VariableOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Give a recipe's variable a value; may be repeated.", valueName: "name=value"))
  var assignments: [Assignment] = []

  /// Of two values for one variable the later counts.
  var values: [String: String] {
    Dictionary(assignments.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }
}

/// Recipes with the values of their variables.
struct RecipeOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Recipe files.", valueName: "recipe"),
    completion: .file(extensions: ["yaml", "yml"]))
  var recipes: [String]

  @OptionGroup var variables: VariableOptions

  func validate() throws {
    // An empty path is the working folder; it comes from a variable that is not set.
    guard !recipes.contains("") else {
      throw ValidationError("A recipe is a file, and one of the arguments is empty.")
    }
  }

  var paths: [FilePath] { recipes.map(Surroundings.absolute) }
  var values: [String: String] { variables.values }
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

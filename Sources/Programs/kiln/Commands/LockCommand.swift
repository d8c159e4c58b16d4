import ArgumentParser
import Builds
import Reporting

struct LockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock", abstract: "Resolve recipes and write their locks.",
    discussion: """
      Prints what changes, and whose requirement it is. Without --update the versions of the lock \
      are kept as far as the recipe and the archive allow; with --update every version may change, \
      or, where packages or Python projects are named behind the recipes, theirs alone.
      """)

  @Argument(
    help: ArgumentHelp("Recipe files; with --update also packages.", valueName: "recipe"),
    completion: .file(extensions: ["yaml", "yml"]))
  var words: [String]

  @OptionGroup var variables: VariableOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var answer: AnswerOptions

  @Flag(help: "Take the newest versions: of the packages that are named, else of everything.")
  var update = false

  @Flag(help: "Write nothing; fail when a lock is absent or stale.")
  var check = false

  private var recipes: [String] { update ? words.filter(Self.isRecipe) : words }
  private var packages: [String] { update ? words.filter { !Self.isRecipe($0) } : [] }

  /// A package has neither a slash nor such an ending.
  private static func isRecipe(_ word: String) -> Bool {
    word.hasSuffix(".yaml") || word.hasSuffix(".yml") || word.contains("/")
  }

  func validate() throws {
    guard !recipes.isEmpty else { throw ValidationError("Name a recipe, which ends in .yaml.") }
    if !update, let word = words.first(where: { !Self.isRecipe($0) }), words.count > 1 {
      throw ValidationError(
        "'\(word)' is not a recipe, which ends in .yaml. Packages are named with --update.")
    }
    guard !(update && check) else {
      throw ValidationError("--check changes nothing, and --update does; give one of them.")
    }
  }

  func run() async throws {
    let reporter = work.talk.reporter
    defer { reporter.finish() }
    let builder = try Builder(work.settings(reporter), tool: Version.tool)
    var answers = Answers<LockReport>()
    let paths = recipes.map(Surroundings.absolute)
    try builder.requireLocked(packages, byAnyOf: paths)
    for path in paths {
      let request = LockRequest(
        recipe: path, variables: variables.values, update: update && packages.isEmpty,
        packages: packages, check: check)
      try await answers.add { () throws(BuildError) in try await builder.lock(request) }
    }
    reporter.finish()
    try answers.print("locks", asJSON: answer.json) { SummaryText.render($0) }
  }
}

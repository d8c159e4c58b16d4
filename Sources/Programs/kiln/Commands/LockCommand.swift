import ArgumentParser
import Builds
import Reporting

struct LockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock", abstract: "Resolve recipes and write their locks.",
    discussion: """
      Prints what changes. Without --update the versions of the lock are kept as far as the recipe \
      and the archive allow.
      """)

  @OptionGroup var recipe: RecipeOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var answer: AnswerOptions

  @Flag(help: "Take the newest versions of everything.")
  var update = false

  @Option(
    name: .customLong("update-package"),
    help: ArgumentHelp(
      "Take the newest version of one package or project; may be repeated.", valueName: "name"))
  var updatedPackages: [String] = []

  @Flag(help: "Write nothing; fail when a lock is absent or stale.")
  var check = false

  func run() async throws {
    let reporter = work.talk.reporter
    defer { reporter.finish() }
    let builder = try Builder(work.settings(reporter), tool: Version.tool)
    var reports: [LockReport] = []
    for path in recipe.paths {
      let request = LockRequest(
        recipe: path, variables: recipe.values, update: update, packages: updatedPackages,
        check: check)
      reports.append(try await builder.lock(request))
    }
    reporter.finish()
    if answer.json {
      Terminal.output.write(JSONText.pretty(["locks": reports]) + "\n")
    } else {
      for report in reports { Terminal.output.write(SummaryText.render(report) + "\n") }
    }
  }
}

import ArgumentParser
import Builds
import Reporting

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what a build would fetch, unpack, run and reuse, and the space that it needs.")

  @OptionGroup var recipe: RecipeOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let reporter = work.talk.reporter
    defer { reporter.finish() }
    let builder = try Builder(work.settings(reporter), tool: Version.tool)
    var plans: [BuildPlan] = []
    for path in recipe.paths {
      plans.append(try await builder.plan(recipe: path, variables: recipe.values))
    }
    reporter.finish()
    if answer.json {
      Terminal.output.write(JSONText.pretty(["plans": plans]) + "\n")
    } else {
      for plan in plans { Terminal.output.write(SummaryText.render(plan) + "\n") }
    }
  }
}

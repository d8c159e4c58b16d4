import ArgumentParser
import Builds
import Comparison
import Reporting
import SystemPackage

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show why a path is in an image, or why a layer is made again.",
    discussion: """
      kiln explain IMAGE PATH: which package, wheel, file or step put the path there, and who wanted \
      that package. Reads the manifest beside the image.
      kiln explain RECIPE: for each layer, whether the next build reuses it or makes it again, and \
      the first input that changed.
      """)

  @Argument(
    help: "An image or a recipe.",
    completion: .file(extensions: ["yaml", "yml", "wsl", "gz", "tar", "xz", "zst"]))
  var target: String

  @Argument(help: "A path in the image.")
  var path: String?

  @OptionGroup var variables: VariableOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var answer: AnswerOptions

  static func isRecipe(_ target: String) -> Bool {
    target.hasSuffix(".yaml") || target.hasSuffix(".yml")
  }

  func validate() throws {
    guard Self.isRecipe(target) == (path == nil) else {
      throw ValidationError(
        Self.isRecipe(target)
          ? "A recipe takes no path." : "Name a path in the image, or a recipe (.yaml) alone.")
    }
  }

  func run() async throws {
    if let path {
      let explanation = try ImageInspection.explain(path, in: Surroundings.absolute(target))
      show(explanation, SummaryText.render(explanation))
      return
    }
    let reporter = work.talk.reporter
    defer { reporter.finish() }
    let builder = try Builder(work.settings(reporter), tool: Version.tool)
    let explanation = try await builder.explain(
      recipe: Surroundings.absolute(target), variables: variables.values)
    reporter.finish()
    show(explanation, SummaryText.render(explanation))
  }

  private func show(_ answer: some Encodable, _ text: String) {
    Terminal.output.write((self.answer.json ? JSONText.pretty(answer) : text) + "\n")
  }
}

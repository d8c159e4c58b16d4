import ArgumentParser
import Builds
import Comparison
import Reporting
import SystemPackage

struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show what differs between two images, and why their digests do.",
    discussion: """
      Reads the images from their bytes, whoever made them; a manifest (<image>.manifest.json) may \
      stand for an image, which is fast and does not know times and order. Ends with 0 where the \
      two are the same bytes, with 1 where they differ.
      """)

  @Argument(
    help: "The first image or manifest.",
    completion: .file(extensions: ["wsl", "gz", "tar", "xz", "zst", "json"]))
  var first: String

  @Argument(
    help: "The second one.",
    completion: .file(extensions: ["wsl", "gz", "tar", "xz", "zst", "json"]))
  var second: String

  @Option(
    parsing: .number,
    help: ArgumentHelp("How many paths of each list to show.", valueName: "number"))
  var rows = 20

  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard rows >= 0 else { throw ValidationError("--rows must be zero or more, and not \(rows).") }
  }

  func run() async throws {
    let difference = try await ImageInspection.difference(
      Surroundings.absolute(first), Surroundings.absolute(second))
    Terminal.output.write(
      (answer.json ? JSONText.pretty(difference) : SummaryText.render(difference, rows: rows))
        + "\n")
    if !difference.isSame { throw ExitCode(1) }
  }
}

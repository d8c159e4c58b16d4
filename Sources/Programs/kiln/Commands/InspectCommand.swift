import ArgumentParser
import Builds
import Images
import Reporting

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Say where an image's bytes are, by package and by folder.",
    discussion: "Reads the manifest beside the image.")

  @Argument(
    help: "The image.", completion: .file(extensions: ["wsl", "gz", "tar", "xz", "zst"]))
  var image: String

  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let inventory = try ImageInspection.inventory(of: Surroundings.absolute(image))
    Terminal.output.write(
      (answer.json ? JSONText.pretty(inventory) : SummaryText.render(inventory)) + "\n")
  }
}

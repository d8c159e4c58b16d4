import ArgumentParser
import Builds
import Images
import Reporting

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Say where an image's bytes are, by package and by folder.",
    discussion: "Reads the manifest beside the image.")

  @Argument(help: "The image.")
  var image: String

  @Flag(help: "Print the result, or the errors, as JSON on standard output.")
  var json = false

  func run() async throws {
    let inventory = try ImageInspection.inventory(of: Surroundings.absolute(image))
    Terminal.output.write(
      (json ? JSONText.pretty(inventory) : SummaryText.render(inventory)) + "\n")
  }
}

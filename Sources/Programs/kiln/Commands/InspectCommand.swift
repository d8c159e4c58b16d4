import ArgumentParser
import Builds
import Diagnostics
import GPUCode
import Images
import Reporting
import SystemPackage

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what takes up space in an image.",
    discussion: """
      Reads the manifest beside the image, and shows sizes by package and by folder; --html \
      draws them as a page of its own. With --gpu, \
      reads the image itself, whoever made it, and says which NVIDIA GPUs its libraries have code for and which driver they need.
      """)

  @Argument(help: "The image.", completion: .file(extensions: ["wsl", "gz", "tar", "xz", "zst"]))
  var image: String

  @Flag(help: "Say which GPUs the image's libraries have code for.")
  var gpu = false

  @Option(
    help: ArgumentHelp(
      "Write a map of the bytes to this file, for a browser; it loads nothing.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  @Option(
    help: ArgumentHelp(
      "The cache, for --gpu (default: as for the other commands).", valueName: "folder"),
    completion: .directory)
  var store: String?

  @Flag(help: "Print the result, or the errors, as JSON on standard output.")
  var json = false

  func run() async throws {
    let path = Surroundings.absolute(image)
    if let html {
      try ImageInspection.writeMap(SpacePage.html, of: path, to: Surroundings.absolute(html))
    }
    guard gpu else {
      let inventory = try ImageInspection.inventory(of: path)
      Terminal.output.write(
        (json ? JSONText.pretty(inventory) : SummaryText.render(inventory)) + "\n")
      return
    }
    let settings = BuildSettings(
      store: Surroundings.store(store), jobs: 1, offline: true,
      environment: Surroundings.environment, now: Surroundings.now, progress: { _ in })
    let scan = try await Builder(settings, tool: Version.tool).gpuScan(of: path)
    for warning in scan.warnings {
      Terminal.errors.write(warning.rendered(color: Terminal.errors.wantsColor) + "\n")
    }
    let facts = scan.facts
    Terminal.output.write((json ? JSONText.pretty(facts) : SummaryText.render(facts)) + "\n")
  }
}

import ArgumentParser
import Builds
import Diagnostics
import Reporting
import Verification

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Judge images from their bytes, as WSL would meet them.",
    discussion: """
      Applies Microsoft's rules and kiln's own, and extracts the image with WSL's command lines. \
      Fails for errors, and with --strict for warnings too.
      """)

  @Argument(
    help: ArgumentHelp("Images.", valueName: "image"),
    completion: .file(extensions: ["wsl", "gz", "tar", "xz", "zst"]))
  var images: [String]

  @Flag(help: "Boot each image as WSL does; needs root and systemd-nspawn.")
  var boot = false

  @Option(
    help: ArgumentHelp(
      "A public key, of openssl (PEM) or of minisign, whose owner must have signed the images.",
      valueName: "key"), completion: .file())
  var key: String?

  @Flag(help: "Fail for warnings too.")
  var strict = false

  @OptionGroup var cache: CacheOptions
  @OptionGroup var talk: ProgressOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    if let recipe = images.first(where: { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }) {
      throw ValidationError("'\(recipe)' is a recipe, not an image; `kiln lint` judges recipes.")
    }
  }

  func run() async throws {
    let reporter = talk.reporter
    defer { reporter.finish() }
    let builder = try Builder(cache.settings(reporter), tool: Version.tool)
    var reports: [VerificationReport] = []
    for image in images {
      reports.append(
        try await builder.verify(
          Surroundings.absolute(image), boot: boot, key: key.map(Surroundings.absolute)))
    }
    reporter.finish()
    if answer.json {
      Terminal.output.write(JSONText.pretty(["reports": reports]) + "\n")
    } else {
      let color = Terminal.output.wantsColor
      for report in reports { Terminal.output.write(report.rendered(color: color) + "\n") }
    }
    let failed = reports.contains { !$0.passed || strict && $0.count(.warning) > 0 }
    if failed { throw ExitCode(1) }
  }
}

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
      Fails for errors, and with --strict for warnings too. With --rebuild, builds each image again \
      from the recipe and the lock of its manifest, runs every script again, and fails where a byte \
      differs.
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

  @Flag(help: "Build each image again, and compare.")
  var rebuild = false

  @Option(
    help: ArgumentHelp(
      "The recipe for --rebuild (default: of the image's name, beside it, here or in Recipes).",
      valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
  var recipe: String?

  @OptionGroup var variables: VariableOptions

  @Flag(help: "Fail for warnings too.")
  var strict = false

  @OptionGroup var cache: CacheOptions
  @OptionGroup var talk: ProgressOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    if let recipe = images.first(where: { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }) {
      throw ValidationError("'\(recipe)' is a recipe, not an image; `kiln lint` judges recipes.")
    }
    guard rebuild || recipe == nil && variables.assignments.isEmpty else {
      throw ValidationError("--recipe and --set are for --rebuild.")
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
    let rebuilds = rebuild ? try await rebuilt(builder) : nil
    reporter.finish()
    if answer.json {
      Terminal.output.write(
        JSONText.pretty(Answer(reports: reports, rebuilds: rebuilds)) + "\n")
    } else {
      let color = Terminal.output.wantsColor
      for report in reports { Terminal.output.write(report.rendered(color: color) + "\n") }
      for report in rebuilds ?? [] { Terminal.output.write(SummaryText.render(report) + "\n") }
    }
    if rebuilds?.contains(where: { !$0.isSame }) == true { throw ExitCode(1) }
    let failed = reports.contains { !$0.passed || strict && $0.count(.warning) > 0 }
    if failed { throw ExitCode(1) }
  }

  private struct Answer: Encodable {
    let reports: [VerificationReport]
    let rebuilds: [RebuildReport]?
  }

  private func rebuilt(_ builder: Builder) async throws(BuildError) -> [RebuildReport] {
    var reports: [RebuildReport] = []
    for image in images {
      reports.append(
        try await builder.rebuild(
          Surroundings.absolute(image), recipe: recipe.map(Surroundings.absolute),
          in: [".", "Recipes"].map(Surroundings.absolute), variables: variables.values))
    }
    return reports
  }
}

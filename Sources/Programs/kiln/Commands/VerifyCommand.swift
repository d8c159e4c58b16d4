import ArgumentParser
import Builds
import Diagnostics
import Reporting
import Verification

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check an image for everything that would make WSL refuse or break it.",
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
      "The recipe for --rebuild (default: one of the image's name beside it, here or in Recipes).",
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
      throw ValidationError("'\(recipe)' is a recipe, not an image; `kiln lint` checks recipes.")
    }
    guard rebuild || recipe == nil && variables.assignments.isEmpty else {
      throw ValidationError("--recipe and --set are for --rebuild.")
    }
  }

  func run() async throws {
    let reporter = talk.reporter
    defer { reporter.finish() }
    let builder = try Builder(cache.settings(reporter), tool: Version.tool)
    var answers = Answers<Judgement>()
    for image in images {
      try await answers.add { () throws(BuildError) in try await judge(image, builder) }
    }
    reporter.finish()
    let rebuilds = answers.values.compactMap(\.rebuild)
    let color = Terminal.output.wantsColor
    try answers.print(
      "reports", asJSON: answer.json, more: rebuild ? ["rebuilds": rebuilds] : [:]
    ) { judgement in
      ([judgement.report.rendered(color: color)]
        + [judgement.rebuild.map(SummaryText.render)].compactMap(\.self)).joined(separator: "\n")
    }
    let failed = answers.values.contains { judgement in
      !judgement.report.passed || strict && judgement.report.count(.warning) > 0
        || judgement.rebuild?.isSame == false
    }
    if failed { throw ExitCode(1) }
  }

  /// What came of one image; in a document the rebuilds have a list of their own.
  private struct Judgement: Encodable {
    let report: VerificationReport
    let rebuild: RebuildReport?

    func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }
  }

  private func judge(_ image: String, _ builder: Builder) async throws(BuildError) -> Judgement {
    let image = Surroundings.absolute(image)
    let report = try await builder.verify(
      image, boot: boot, key: key.map(Surroundings.absolute))
    guard rebuild else { return Judgement(report: report, rebuild: nil) }
    return Judgement(
      report: report,
      rebuild: try await builder.rebuild(
        image, recipe: recipe.map(Surroundings.absolute),
        in: [".", "Recipes"].map(Surroundings.absolute), variables: variables.values))
  }
}

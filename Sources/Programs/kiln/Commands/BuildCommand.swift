public import ArgumentParser
import Builds
public import Images
import Reporting
import SystemPackage

struct BuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Build the images of recipes.",
    discussion: """
      Writes <name>.wsl (for a double-click and `wsl --install --from-file`) and <name>.tar.gz (for \
      `wsl --import`), as the recipe's `wsl.install` says. The recipe's lock is used when it is \
      fresh and made when it is absent or stale.
      """)

  @OptionGroup var recipe: RecipeOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var answer: AnswerOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder for the images.", valueName: "folder"),
    completion: .directory)
  var output = "Images"

  @Flag(help: "Refuse a lock that is absent or stale.")
  var locked = false

  @Option(help: "The format of the file for `wsl --import`.")
  var format = ImageFormat.tarGzip

  @Option(help: "How hard to compress; `compatible` writes a single gzip member.")
  var compression = ImageCompression.balanced

  @Option(
    name: .customLong("sign"),
    help: ArgumentHelp(
      "Sign the images' digests with this secret key, of openssl (PEM) or of minisign.",
      valueName: "key"), completion: .file())
  var key: String?

  @Flag(help: "Build the other recipes too when one fails.")
  var keepGoing = false

  func validate() throws {
    guard !output.isEmpty else {
      throw ValidationError("--output takes a folder, and got nothing.")
    }
  }

  func run() async throws {
    let reporter = work.talk.reporter
    defer { reporter.finish() }
    let requests = recipe.paths.map { path in
      BuildRequest(
        recipe: path, variables: recipe.values, output: Surroundings.absolute(output),
        locked: locked, format: format, compression: compression,
        key: key.map(Surroundings.absolute))
    }
    try Builder.check(requests)
    let builder = try Builder(work.settings(reporter), tool: Version.tool)
    var answers = Answers<BuildSummary>()
    for outcome in await builder.build(requests, keepsGoing: keepGoing) { try answers.add(outcome) }
    reporter.finish()
    try answers.print("builds", asJSON: answer.json) { SummaryText.render($0) }
  }
}

extension ImageFormat: ExpressibleByArgument {}
extension ImageCompression: ExpressibleByArgument {}

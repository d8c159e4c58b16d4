import ArgumentParser
import Builds
import Bundles
import FileSystem
import Reporting
import SystemPackage

struct StoreExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the artifacts of a lock into one file.",
    discussion: """
      What the cache lacks is fetched. A machine without a network takes the file with \
      `kiln store import` and builds with `--offline --locked`.
      """)

  @Argument(
    help: ArgumentHelp("Recipes with fresh locks, or lock files.", valueName: "recipe"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var paths: [String]

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"),
    completion: .file(extensions: ["tar"]))
  var output: String

  @OptionGroup var variables: VariableOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("--output takes a file, and got nothing.") }
    guard !output.endsWithSlash else {
      throw ValidationError("--output takes a file, and '\(output)' is a folder.")
    }
  }

  func run() async throws {
    let reporter = work.talk.reporter
    defer { reporter.finish() }
    let builder = try Builder(work.settings(reporter), tool: Version.tool)
    let report = try await builder.export(
      paths.map(Surroundings.absolute), variables: variables.values,
      to: Surroundings.absolute(output))
    reporter.finish()
    Terminal.output.write(
      (answer.json ? JSONText.pretty(report) : SummaryText.render(report)) + "\n")
  }
}

struct StoreImport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Add files that `kiln store export` wrote to the cache.",
    discussion:
      "A file that is damaged, incomplete or not a bundle of kiln's is refused as a whole.")

  @Argument(
    help: ArgumentHelp("Files that `kiln store export` wrote.", valueName: "file"),
    completion: .file(extensions: ["tar", "gz", "xz", "zst"]))
  var paths: [String]

  @OptionGroup var cache: CacheOptions
  @OptionGroup var talk: ProgressOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let reporter = talk.reporter
    defer { reporter.finish() }
    let builder = try Builder(cache.settings(reporter), tool: Version.tool)
    var imports: [Bundle.Imported] = []
    for path in paths {
      let report = try await builder.import(Surroundings.absolute(path))
      if !answer.json { Terminal.output.write(SummaryText.render(report) + "\n") }
      imports.append(report)
    }
    if answer.json { Terminal.output.write(JSONText.pretty(["imports": imports]) + "\n") }
  }
}

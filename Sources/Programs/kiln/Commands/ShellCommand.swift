import ArgumentParser
import Builds
import SystemPackage

struct ShellCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell", abstract: "Open a shell in the built root of a recipe.",
    discussion: "It has the network; what it changes is thrown away.")

  @Argument(help: "The recipe file.", completion: .file(extensions: ["yaml", "yml"]))
  var recipe: String

  @Argument(parsing: .postTerminator, help: "A program with its arguments, after `--`.")
  var program: [String] = []

  @Option(name: .customLong("set"), help: "Give a recipe's variable a value; may be repeated.")
  var variables: [Assignment] = []

  @OptionGroup var work: WorkOptions

  func run() async throws {
    let reporter = ProgressReporter(style: work.progress)
    let builder = try Builder(work.settings(reporter), tool: Version.tool)
    let values = Dictionary(variables.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    defer { reporter.finish() }
    let status = try await builder.shell(
      recipe: Surroundings.absolute(recipe), variables: values, arguments: program)
    if status != 0 { throw ExitCode(status) }
  }
}

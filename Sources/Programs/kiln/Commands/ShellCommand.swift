import ArgumentParser
import Builds
import SystemPackage

struct ShellCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell", abstract: "Open a shell in the built root of a recipe.",
    discussion: """
      It has the network; what it changes is thrown away. Where a step fails, --before shows the root \
      that it gets.
      """)

  @Argument(help: "The recipe file.", completion: .file(extensions: ["yaml", "yml"]))
  var recipe: String

  @Argument(parsing: .postTerminator, help: "A program with its arguments, after `--`.")
  var program: [String] = []

  @Option(help: ArgumentHelp("Stop before this step of the recipe.", valueName: "step"))
  var before: String?

  @OptionGroup var variables: VariableOptions
  @OptionGroup var work: WorkOptions

  func run() async throws {
    let reporter = work.talk.reporter
    let builder = try Builder(work.settings(reporter), tool: Version.tool)
    defer { reporter.finish() }
    let status = try await builder.shell(
      recipe: Surroundings.absolute(recipe), variables: variables.values, before: before,
      arguments: program,
      onTerminal: Terminal.input.isTerminal && Terminal.output.isTerminal)
    if status != 0 { throw ExitCode(status) }
  }
}

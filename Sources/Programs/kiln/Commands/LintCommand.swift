import ArgumentParser
import Builds
import Diagnostics
import Reporting

struct LintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Apply the rules to recipes or images; execute nothing.")

  @Argument(help: "Recipes or images.")
  var paths: [String]

  @Option(name: .customLong("set"), help: "Give a recipe's variable a value; may be repeated.")
  var variables: [Assignment] = []

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard !paths.isEmpty else { throw ValidationError("Name at least one recipe or image.") }
  }

  func run() async throws {
    let reporter = ProgressReporter(style: .none)
    let builder = try Builder(work.settings(reporter), tool: Version.tool)
    let values = Dictionary(variables.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    let findings = try paths.flatMap { path throws(BuildError) in
      try builder.lint(Surroundings.absolute(path), variables: values)
    }
    if work.json {
      Terminal.output.write(JSONText.pretty(["diagnostics": findings]) + "\n")
    } else {
      let text = findings.map { $0.rendered(color: Terminal.output.wantsColor) + "\n" }.joined()
      Terminal.output.write(text.isEmpty ? "nothing found\n" : text)
    }
    if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
  }
}

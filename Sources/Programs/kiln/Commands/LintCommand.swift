import ArgumentParser
import Builds
import Diagnostics
import Reporting

struct LintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Apply the rules to recipes or images; execute nothing.")

  @Argument(
    help: ArgumentHelp("Recipes or images.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml", "wsl", "gz", "tar", "xz", "zst"]))
  var paths: [String]

  @OptionGroup var variables: VariableOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let findings = try paths.flatMap { path throws(BuildError) in
      try Builder.lint(
        Surroundings.absolute(path), variables: variables.values,
        environment: Surroundings.environment)
    }
    if answer.json {
      Terminal.output.write(JSONText.pretty(["diagnostics": findings]) + "\n")
    } else {
      let text = findings.map { $0.rendered(color: Terminal.output.wantsColor) + "\n" }.joined()
      Terminal.output.write(text.isEmpty ? "nothing found\n" : text)
    }
    if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
  }
}

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
    var findings: [Diagnostic] = []
    var failures: [BuildError] = []
    for path in paths {
      do throws(BuildError) {
        findings += try Builder.lint(
          Surroundings.absolute(path), variables: variables.values,
          environment: Surroundings.environment)
      } catch { failures.append(error) }
    }
    if answer.json {
      // One document has all of it.
      if !failures.isEmpty { throw BuildError(joining: failures, findings: findings) }
      Terminal.output.write(JSONText.pretty(["diagnostics": findings]) + "\n")
    } else {
      let text = findings.map { $0.rendered(color: Terminal.output.wantsColor) + "\n" }.joined()
      Terminal.output.write(text.isEmpty && failures.isEmpty ? "nothing found\n" : text)
    }
    guard failures.isEmpty else { throw BuildError(joining: failures) }
    if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
  }
}

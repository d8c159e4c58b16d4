import ArgumentParser
import Diagnostics

/// What is wrong with a command line, said as kiln says everything else.
enum Misuse {
  /// nil where the parser stopped for help, the version or a completion script.
  static func diagnostic(of error: any Error, _ arguments: [String]) -> Diagnostic? {
    if let stray = strayCommand(arguments) { return stray }
    guard Kiln.exitCode(for: error) == .validationFailure else { return nil }
    // The parser's first sentence says what is wrong, the others what would be right.
    let text = Kiln.message(for: error)
    let end = [". ", ".\n"].compactMap { text.firstRange(of: $0) }.min {
      $0.lowerBound < $1.lowerBound
    }
    let message = text[..<(end?.lowerBound ?? text.endIndex)]
    let (words, type, _, _) = command(arguments)
    let rest = better(than: end.map { String(text[$0.upperBound...]) }, message, type, arguments)
    return Diagnostic(
      code: code, message: message.prefix(1).lowercased() + trimmed(message.dropFirst()),
      remedy: (rest.map { $0 + "\n" } ?? "") + "see `\(words.joined(separator: " ")) --help`")
  }

  /// What would be right, where the parser does not know it: its nearest option is any that there is.
  private static func better(
    than rest: String?, _ message: Substring, _ type: any ParsableCommand.Type,
    _ arguments: [String]
  ) -> String? {
    if type == ShellCommand.self, message.contains("nexpected argument") {
      return "put `--` before the program: `kiln shell RECIPE -- PROGRAM`"
    }
    guard let found = message.firstMatch(of: /Unknown option '--([^'=]+)/) else { return rest }
    let wanted = String(found.1)
    let options = Set(
      Kiln.helpMessage(for: type).matches(of: /--([a-z][a-z-]*)/).map { String($0.1) })
    let longer = options.filter { $0.hasPrefix(wanted) }.sorted()
    let near = longer.isEmpty ? nearest(to: wanted, among: options).map { [$0] } ?? [] : longer
    return near.isEmpty
      ? nil : "Did you mean \(near.map { "'--\($0)'" }.joined(separator: " or "))?"
  }

  private static let code = "K8006"

  private static func trimmed(_ sentence: Substring) -> String {
    String(sentence.last == "." ? sentence.dropLast() : sentence)
  }

  /// The parser calls a misspelt command an unexpected argument, and answers `help` with the root's.
  private static func strayCommand(_ arguments: [String]) -> Diagnostic? {
    let (words, _, known, stray) = command(arguments)
    guard let stray else { return nil }
    return Diagnostic(
      code: code, message: "`\(words.joined(separator: " "))` has no command '\(stray)'",
      reason: "it has: " + known.joined(separator: ", "),
      remedy: nearest(to: stray, among: known).map {
        "did you mean `\((words + [$0]).joined(separator: " "))`?"
      } ?? "see `\(words.joined(separator: " ")) --help`")
  }

  /// Follows the command line's first words through the tree of commands.
  ///
  /// - Returns: the words that name a command, its type, the names of its subcommands, and the word
  ///   that should be one of them and is not.
  private static func command(
    _ arguments: [String]
  ) -> (words: [String], type: any ParsableCommand.Type, known: [String], stray: String?) {
    var type: any ParsableCommand.Type = Kiln.self
    var words = ["kiln"]
    for word in arguments.drop(while: { $0 == "help" }) {
      let commands = type.configuration.subcommands
      let known = commands.map { $0.configuration.commandName ?? "" }
      guard !commands.isEmpty, !word.hasPrefix("-") else { break }
      guard let index = known.firstIndex(of: word) else { return (words, type, known, word) }
      type = commands[index]
      words.append(word)
    }
    return (words, type, [], nil)
  }
}

public import Recipes

extension WSLConfiguration {
  /// The text of a configuration file, sections and keys in byte order.
  ///
  /// Values are quoted and escaped only where they must be: Microsoft's validator, unlike WSL,
  /// takes quotes and backslashes for part of the value.
  ///
  /// - Throws: ``WSLError`` for what WSL's parser would not read back as it was given.
  public static func text(
    _ settings: WSLSettings.Configuration
  ) throws(WSLError) -> String {
    var sections: [String] = []
    for section in settings.keys.sorted() {
      guard let values = settings[section], !values.isEmpty else { continue }
      var lines = ["[\(section)]"]
      for key in values.keys.sorted() {
        guard let value = values[key] else { continue }
        let name = "\(section).\(key)"
        guard isName(section), isName(key) else {
          throw WSLError(.badName, name, "WSL reads a letter, then letters and digits")
        }
        lines.append("\(key)=\(try written(value.text, name))")
      }
      sections.append(lines.joined(separator: "\n") + "\n")
    }
    let text = sections.joined(separator: "\n")
    try checkReadsBack(text, settings)
    return text
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isLetter else { return false }
    return text.utf8.allSatisfy { $0.isLetter || $0.isDigit }
  }

  private static func written(_ value: String, _ name: String) throws(WSLError) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\u{08}": text += "\\b"
      case "\r", "\0":
        throw WSLError(.badValue, name, "it holds a character that no escape of WSL's stands for")
      default: text.unicodeScalars.append(scalar)
      }
    }
    let isQuoted = value.contains("#") || value.first == " " || value.last == " "
    return isQuoted ? "\"\(text)\"" : text
  }

  private static func checkReadsBack(
    _ text: String, _ settings: WSLSettings.Configuration
  ) throws(WSLError) {
    let configuration = WSLConfiguration(parsing: text)
    for problem in configuration.problems {
      switch problem.kind {
      case .duplicate(let name, _):
        throw WSLError(.sameKey, name, "another key differs from it in the case of letters only")
      case .outsideSection(let name):
        throw WSLError(.badName, name, "it is outside any section")
      case .malformed(let expected):
        throw WSLError(.badValue, problem.excerpt, "WSL's parser wants \(expected)")
      }
    }
    for (section, values) in settings {
      for (key, value) in values
      where configuration.value("\(section).\(key)") != value.text {
        throw WSLError(.badValue, "\(section).\(key)", "WSL's parser reads something else back")
      }
    }
  }
}

extension WSLSettings.Value {
  /// As it stands in WSL's files.
  public var text: String {
    switch self {
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .text(let value): value
    }
  }
}

import Diagnostics
import Recipes
import WSL

/// WSL's two configuration files as WSL's own parser reads them.
enum ConfigurationRules {
  static let all: [Rule] = [
    malformed, duplicates, outside, unknown, notAccepted, values, validator, meanings,
  ]

  private static let malformed = Rule(
    "K6230", .error, "WSL reads its configuration files to the end",
    remedy:
      "fix the line: WSL stops at the first malformed one"
  ) { image in
    problems(image) { path, problem in
      guard case .malformed(let expected) = problem.kind else { return nil }
      return Finding(
        "WSL ignores /\(path) from here on", at: path, line: problem.line, column: problem.column,
        excerpt: problem.excerpt, reason: "its parser wants \(expected)")
    }
  }

  private static let duplicates = Rule(
    "K6231", .warning, "No key is set twice", remedy: "keep the first one, which WSL uses"
  ) { image in
    problems(image) { path, problem in
      guard case .duplicate(let name, let first) = problem.kind else { return nil }
      return Finding(
        "`\(name)` was set on line \(first) already; this line is ignored", at: path,
        line: problem.line, excerpt: problem.excerpt)
    }
  }

  private static let outside = Rule(
    "K6232", .warning, "Every key is in a section", remedy: "put `[section]` on a line before it"
  ) { image in
    problems(image) { path, problem in
      guard case .outsideSection(let name) = problem.kind else { return nil }
      return Finding(
        "`\(name)` is in no section, and is ignored", at: path, line: problem.line,
        excerpt: problem.excerpt)
    }
  }

  private static let unknown = Rule(
    "K6213", .error, "WSL knows every key of its configuration files",
    remedy: "check the spelling against Microsoft's documentation of the file"
  ) { image in
    entries(image) { path, entry, setting in
      guard setting == nil, !entry.section.isEmpty else { return nil }
      return "WSL knows no setting `\(entry.name)`"
    }
  }

  private static let notAccepted = Rule(
    "K6214", .warning, "Microsoft's validator accepts every key",
    remedy: "leave the key out of an image that is published as a `.wsl`"
  ) { image in
    guard image.flavour == .fromFile else { return [] }
    return entries(image) { _, entry, setting in
      setting?.isAccepted == false ? "Microsoft's validator refuses `\(entry.name)`" : nil
    }
  }

  private static let values = Rule(
    "K6233", .error, "WSL understands every value",
    remedy: "write true or false, or a whole number, as the setting wants"
  ) { image in
    entries(image) { _, entry, setting in
      setting?.takes(entry.value) == false
        ? "WSL makes nothing of `\(entry.value)` for `\(entry.name)`, and uses its default" : nil
    }
  }

  private static let validator = Rule(
    "K6234", .warning, "Microsoft's validator reads the same values as WSL",
    remedy: "write the value without quotes, escapes, comments behind it, and `%`"
  ) { image in
    guard image.flavour == .fromFile else { return [] }
    return files(image).flatMap { path, configuration, _ in
      configuration.entries.compactMap { entry in
        let line = configuration.excerpt(entry.line)
        let raw = line.split(separator: "=", maxSplits: 1).dropFirst().first.map(trimmed) ?? ""
        guard raw != entry.value || raw.contains("%") else { return nil }
        return Finding(
          "Microsoft's validator reads `\(entry.name)` otherwise than WSL does", at: path,
          line: entry.line, excerpt: line,
          reason: "it uses Python's configparser, which knows neither quotes nor escapes")
      }
    }
  }

  private static let meanings = Rule(
    "K6235", .warning, "Every key does what it seems to do",
    remedy: "set `network.hostname` for the host's name; begin a umask with 0"
  ) { image in
    entries(image) { _, entry, setting in
      if setting?.isRead == false { return "WSL does not read `\(entry.name)`" }
      guard setting?.name == "filesystem.umask", !entry.value.hasPrefix("0") else { return nil }
      return "WSL takes the umask `\(entry.value)` for a decimal number"
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    let end = text.lastIndex { !isSpace($0) }.map { text.index(after: $0) } ?? text.startIndex
    return String(text[..<end].drop(while: isSpace))
  }

  private static func files(
    _ image: ImageUnderTest
  ) -> [(path: String, configuration: WSLConfiguration, settings: [WSLSetting])] {
    [
      image.conf.map { ("etc/wsl.conf", $0, WSLSetting.conf) },
      image.distribution.map { ("etc/wsl-distribution.conf", $0, WSLSetting.distribution) },
    ].compactMap(\.self)
  }

  private static func problems(
    _ image: ImageUnderTest, _ finding: (String, WSLConfiguration.Problem) -> Finding?
  ) -> [Finding] {
    files(image).flatMap { path, configuration, _ in
      configuration.problems.compactMap { finding(path, $0) }
    }
  }

  private static func entries(
    _ image: ImageUnderTest, _ message: (String, WSLConfiguration.Entry, WSLSetting?) -> String?
  ) -> [Finding] {
    files(image).flatMap { path, configuration, settings in
      configuration.entries.compactMap { entry in
        message(path, entry, WSLSetting.named(entry.name, in: settings)).map {
          Finding($0, at: path, line: entry.line, excerpt: configuration.excerpt(entry.line))
        }
      }
    }
  }
}

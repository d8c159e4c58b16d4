import Commands
import FileSystem
import SystemPackage
import TestSupport
import Testing

/// README and `docs` against the program: what they tell of is there, and they tell of all of it.
@Suite struct ManualTests {
  private typealias Commands = [(words: [String], options: Set<String>)]

  private static let package = KilnProgram.package

  /// README and all pages, with their names.
  private static func pages() throws -> [(name: String, text: String)] {
    let docs = package.appending("docs")
    let names = try Files.entries(docs).filter { $0.hasSuffix(".md") }
    return try [("README.md", Files.readText(package.appending("README.md")))]
      + names.map { ($0, try Files.readText(docs.appending($0))) }
  }

  private static func commands(of kiln: KilnProgram) async throws -> Commands {
    try await HelpTests.commands(of: kiln).map { words, command in
      let names = (command.arguments ?? []).flatMap { $0.names ?? [] }.map(\.name)
      return (words, Set(names))
    }
  }

  /// The command lines of a page: in backquotes, and lines of blocks.
  private static func commandLines(in text: String) -> [String] {
    let quoted = text.replacing("\n", with: " ").matches(of: /`kiln ([^`]+)`/).map { $0.1 }
    let blocks = text.matches(of: /(?m)^(?: {4}|\$ )kiln ([a-z-][^\n]*)$/).map { $0.1 }
    return (quoted + blocks).map(String.init).filter { !$0.hasPrefix("COMMAND") }
  }

  @Test func everyCommandLineOfThePagesIsOne() async throws {
    try await KilnProgram.with { kiln in
      let commands = try await Self.commands(of: kiln)
      var seen = 0
      for (name, text) in try Self.pages() {
        for line in Self.commandLines(in: text) {
          let words = line.split { " |,;)".contains($0) }.map(String.init)
          let plain = words.prefix { !$0.hasPrefix("-") }
          let fitting = commands.filter {
            $0.words.isEmpty ? plain.isEmpty : plain.starts(with: $0.words)
          }
          guard let command = fitting.max(by: { $0.words.count < $1.words.count }) else {
            Issue.record("\(name): there is no command `kiln \(line)`")
            continue
          }
          for word in words.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
            let option = word.dropFirst(2).prefix { $0.isLetter || $0 == "-" }
            #expect(
              command.options.union(["help", "version", "generate-completion-script"])
                .contains(String(option)), "\(name): `kiln \(line)` has no \(word)")
          }
          seen += 1
        }
      }
      #expect(seen > 40)
    }
  }

  @Test func everyCommandAndOptionIsOnSomePage() async throws {
    try await KilnProgram.with { kiln in
      let text = try Self.pages().map(\.text).joined(separator: "\n")
      for (words, options) in try await Self.commands(of: kiln) where !words.isEmpty {
        let isTold = text.contains((["kiln"] + words.prefix(1)).joined(separator: " "))
        #expect(isTold, "kiln \(words)")
        let untold = options.filter { option in
          option.count > 1 && !["help", "version"].contains(option) && !text.contains("--\(option)")
        }
        #expect(untold.sorted() == [], "no page has them of kiln \(words)")
      }
    }
  }

  @Test func everyVariableIsOnSomePageAndRead() throws {
    let told = Set(
      try Self.pages().flatMap { $0.text.matches(of: /\b(?:KILN|XDG)_[A-Z_]+/) }.map {
        String($0.0)
      })
    var read: Set<String> = []
    let sources = Self.package.appending("Sources")
    for folder in ["Pipeline", "Programs", "Bindings"] {
      try Files.walk(sources.appending(folder)) { (path, status) throws(FileError) in
        if path.hasSuffix(".swift") {
          let text = try Files.readText(sources.appending("\(folder)/\(path)"))
          read.formUnion(text.matches(of: /\b(?:KILN|XDG)_[A-Z_]+/).map { String($0.0) })
        }
        return true
      }
    }
    #expect(read.subtracting(told).sorted() == [], "told on no page")
    // Those of the tests and of make, and examples of what is put together from a source's name.
    let others = told.subtracting(read).filter { name in
      !["KILN_E", "KILN_FAULTS", "KILN_PROGRAM", "KILN_SMOKE_TEST"].contains(name)
        && !["KILN_MIRROR_", "KILN_SNAPSHOT_"].contains { name.hasPrefix($0) }
    }
    #expect(others.sorted() == [], "read nowhere")
  }

  /// Its help is held to what it takes by the tests of its options.
  @Test func theSmokeTestsOptionsAreThoseOfItsHelp() throws {
    let help = try Files.readText(
      Self.package.appending("Sources/SmokeTest/Diagnosis/Options/Help.swift"))
    let known = Set(help.matches(of: /--([a-z][a-z-]*)/).map { String($0.1) })
    for (name, text) in try Self.pages() {
      for line in text.matches(of: /gpu-smoke-test (--[^`\n#|]*)/).map({ String($0.1) }) {
        for option in line.matches(of: /--([a-z][a-z-]*)/).map({ String($0.1) }) {
          #expect(known.contains(option), "\(name): gpu-smoke-test has no --\(option)")
        }
      }
    }
  }
}

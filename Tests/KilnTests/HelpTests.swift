import Commands
import Testing

/// Help, versions and completions: what a newcomer and a shell ask for.
@Suite struct HelpTests {
  /// The part of the argument parser's own description of the program that the tests read.
  struct Tool: Decodable {
    struct Command: Decodable {
      let commandName: String
      let superCommands: [String]?
      let abstract: String?
      let subcommands: [Command]?
      let arguments: [Argument]?

      /// Like `["store", "gc"]`, of this command and all below it.
      var all: [(words: [String], command: Command)] {
        let words = ((superCommands ?? []) + [commandName]).dropFirst()
        return [(Array(words), self)] + (subcommands ?? []).flatMap(\.all)
      }
    }

    struct Argument: Decodable {
      struct Name: Decodable { let name: String }

      let abstract: String?
      let names: [Name]?
    }

    let command: Command
  }

  /// Every command but `help`.
  static func commands(
    of kiln: KilnProgram
  ) async throws -> [(words: [String], command: Tool.Command)] {
    try await kiln.json(["--experimental-dump-help"], as: Tool.self).command.all.filter {
      $0.words.first != "help"
    }
  }

  @Test func everyCommandHasHelp() async throws {
    try await KilnProgram.with { kiln in
      let commands = try await Self.commands(of: kiln)
      #expect(commands.count > 10)
      for (words, command) in commands {
        let help = try await kiln.command(words + ["--help"]).run()
        let abstract = try #require(command.abstract, "\(words) has no abstract")
        #expect(help.output.contains("USAGE: " + (["kiln"] + words).joined(separator: " ")))
        #expect(help.output.contains(abstract.prefix(30)) && help.errors.isEmpty)
        for argument in command.arguments ?? [] {
          #expect(argument.abstract?.isEmpty == false, "\(words): \(argument.names ?? [])")
        }
        let same = try await kiln.command(["help"] + words).run()
        #expect(same.output == help.output)
      }
    }
  }

  @Test func theVersionIsOneLine() async throws {
    try await KilnProgram.with { kiln in
      let version = try await kiln.run("--version").output
      #expect(version.contains(/^[0-9]+\.[0-9]+\.[0-9]+\n$/))
    }
  }

  @Test(arguments: ["schema", "schema --help", "store stats --json"])
  func anAnswerThatDoesNotGetOutIsAFailure(words: String) async throws {
    try await KilnProgram.with { kiln in
      for (sink, code) in [("> /dev/full", "K7004"), (">&-", "K7009")] {
        var command = kiln.command(["-c", "\(KilnProgram.path) \(words) \(sink)"], accepted: [1])
        command.executable = "sh"
        let errors = try await command.run().errors
        #expect(errors.contains("error[\(code)]: cannot write /dev/stdout"), "\(errors)")
      }
    }
  }

  @Test func aReaderThatGoesAwayIsNoCrash() async throws {
    try await KilnProgram.with { (kiln) async throws in
      var command = kiln.command(["-c", "\(KilnProgram.path) schema | head -c 10 > /dev/null"])
      command.executable = "sh"
      let result = try await command.run()
      #expect(result.errors == "")
    }
  }
}

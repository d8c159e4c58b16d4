import Commands
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// The completion scripts, in the shells themselves where they are installed.
@Suite struct CompletionTests {
  private func withScript(
    _ shell: String, _ body: (KilnProgram, FilePath, String) async throws -> Void
  ) async throws {
    try await KilnProgram.with { kiln in
      let text = try await kiln.run("--generate-completion-script", shell).output
      let path = kiln.home.appending("completion.\(shell)")
      try Files.write(text, to: path)
      try await body(kiln, path, text)
    }
  }

  private func shell(_ name: String, _ arguments: [String], _ kiln: KilnProgram) async throws
    -> CommandResult
  {
    try await Command(name, arguments, environment: kiln.environment, workingDirectory: kiln.home)
      .run()
  }

  /// What bash would offer for the last of the words.
  private func bash(
    _ words: [String], _ kiln: KilnProgram, _ script: FilePath
  ) async throws -> Set<String> {
    let program = """
      source "$1"; shift
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
      _kiln "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let arguments = ["--norc", "-c", program, "bash", script.string] + words
    let output = try await shell("bash", arguments, kiln).output
    return Set(output.split(separator: "\n").map { String($0.drop { $0 == " " }) })
  }

  @Test func bashCompletesCommandsOptionsAndFiles() async throws {
    try await withScript("bash") { kiln, script, text in
      _ = try await shell("bash", ["-n", script.string], kiln)
      #expect(text.contains("complete -o filenames -F _kiln kiln"))
      #expect(try await bash(["kiln", "bu"], kiln, script) == ["build"])
      #expect(try await bash(["kiln", "store", ""], kiln, script).isSuperset(of: ["gc", "stats"]))
      #expect(try await bash(["kiln", "build", "--loc"], kiln, script) == ["--locked"])
      let levels = try await bash(["kiln", "build", "--compression", ""], kiln, script)
      #expect(levels == ["fast", "balanced", "small", "compatible"])
      try Files.write("", to: kiln.home.appending("mine.yaml"))
      try Files.write("", to: kiln.home.appending("mine.txt"))
      #expect(try await bash(["kiln", "plan", "mi"], kiln, script) == ["mine.yaml"])
    }
  }

  @Test(arguments: ["zsh", "fish"])
  func theOtherShellsGetAScriptWithEveryCommand(name: String) async throws {
    try await withScript(name) { kiln, script, text in
      for (words, _) in try await HelpTests.commands(of: kiln) where !words.isEmpty {
        #expect(text.contains(words[words.count - 1]), "\(words)")
      }
      #expect(text.contains(name == "zsh" ? "#compdef kiln" : "complete -c 'kiln'"))
    }
  }

  @Test(.needs(program: "fish"))
  func fishCompletesCommandsOptionsAndFiles() async throws {
    try await withScript("fish") { kiln, script, _ in
      _ = try await shell("fish", ["--no-execute", script.string], kiln)
      try Files.write("", to: kiln.home.appending("mine.yaml"))
      try Files.write("", to: kiln.home.appending("mine.txt"))
      func offers(_ line: String) async throws -> Set<String> {
        let program = "source $argv[1]; complete --do-complete $argv[2]"
        let output = try await shell(
          "fish", ["--no-config", "--command", program, script.string, line], kiln
        ).output
        // A tab parts an offer from its description.
        return Set(output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) })
      }
      #expect(try await offers("kiln bu") == ["build"])
      #expect(try await offers("kiln store ").isSuperset(of: ["gc", "stats"]))
      #expect(try await offers("kiln build --loc") == ["--locked"])
      let levels = try await offers("kiln build --compression ")
      #expect(levels == ["fast", "balanced", "small", "compatible"])
      #expect(try await offers("kiln plan mi") == ["mine.yaml"])
    }
  }

  /// zsh completes in its line editor only: another zsh types for it.
  @Test(.needs(program: "zsh"))
  func zshCompletesCommandsOptionsAndFiles() async throws {
    let program = #"""
      zmodload zsh/zpty
      zpty inner zsh -f -i
      setting="PS1= PS2= fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -d $1/dump"
      setting+="; show() { print -r -- \"<\$BUFFER>\" }; zle -N show; bindkey '^X' show"
      setting+="; bindkey '^I' expand-or-complete; print READ'Y'"
      zpty -w inner $setting
      zpty -r inner seen '*READY*'
      zpty -n -w inner "$2"$'\t\x18'
      zpty -r inner seen '*<*>*'
      print -r -- "${${seen##*<}%%>*}"
      """#
    try await withScript("zsh") { kiln, script, _ in
      _ = try await shell("zsh", ["-n", script.string], kiln)
      let folder = kiln.home.appending("functions")
      try Files.makeDirectory(folder)
      try Files.rename(script, to: folder.appending("_kiln"))
      try Files.write("", to: kiln.home.appending("mine.yaml"))
      try Files.write("", to: kiln.home.appending("mine.txt"))
      for (typed, completed) in [
        ("kiln bu", "kiln build "), ("kiln store sta", "kiln store stats "),
        ("kiln build --loc", "kiln build --locked "),
        ("kiln build --compression sm", "kiln build --compression small "),
        ("kiln plan mi", "kiln plan mine.yaml "),
      ] {
        let output = try await shell(
          "zsh", ["-f", "-c", program, "zsh", folder.string, typed], kiln
        ).output
        #expect(output == completed + "\n")
      }
    }
  }
}

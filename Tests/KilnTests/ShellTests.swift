import Commands
import Needs
import TestSupport
import Testing

/// `kiln shell` on a terminal, which Python stands in for.
@Suite(.needs("root", if: TestEnvironment.isRoot)) struct ShellTests {
  /// What is done at the terminal of `kiln shell`, whose program is `/bin/sh -c` with a script.
  ///
  /// - Parameters:
  ///   - script: its `$1` is the number of the terminal that kiln has.
  ///   - answers: Python statements that are run when the word has come; `terminal` is the other
  ///     end, `process` is kiln, `settings` are the terminal's before kiln began.
  /// - Returns: all that was on the terminal, and kiln's exit status in a line of its own.
  private func shell(_ script: String, answers: [(word: String, statements: String)]) async throws
    -> String
  {
    let table = answers.map { "(b'\($0.word)', \"\($0.statements)\")" }.joined(separator: ", ")
    let program = """
      import os, pty, signal, sys, termios, time
      process, terminal = pty.fork()
      if process == 0:
          number = str(os.fstat(0).st_rdev)
          os.execv(sys.argv[1], ["kiln", "shell", "tiny.yaml", "--progress", "none", "--",
                                 "/bin/sh", "-c", sys.argv[2], "sh", number])
      settings = termios.tcgetattr(terminal)
      text, answers = b"", [\(table)]
      while True:
          try: piece = os.read(terminal, 1000)
          except OSError: break
          if not piece: break
          text += piece
          if answers and answers[0][0] in text: exec(answers.pop(0)[1])
      print(text.decode(), "\\nstatus", os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
      """
    let kiln = KilnProgram.path
    var said = ""
    try await KilnProgram.withTinyRecipe { tiny in
      said = try await Command(
        "python3", ["-c", program, kiln, script], environment: tiny.environment,
        workingDirectory: tiny.home, timeout: 60
      ).run().output
    }
    return said
  }

  /// It may go on, and what it ends with counts.
  @Test func anInterruptIsForTheProgram() async throws {
    let said = try await shell(
      "trap 'echo caught' INT; echo REA\"\"DY; read line; echo went on; exit 7",
      answers: [
        ("READY", #"os.write(terminal, b'\\x03')"#),
        ("caught", #"time.sleep(0.5); os.write(terminal, b'\\n\\n')"#),
      ])
    #expect(said.contains("caught") && said.contains("went on"), "\(said)")
    #expect(said.hasSuffix("\nstatus 7\n") && !said.contains("interrupted"), "\(said)")
  }

  /// What has the caller's can put words into the input of the caller's shell.
  @Test func theTerminalIsTheProgramsOwn() async throws {
    let said = try await shell(
      """
      read -r pid name state parent group session terminal rest </proc/self/stat
      [ -t 0 ] && [ "$terminal" != 0 ] && echo "has $terminal, not $1"
      """, answers: [])
    let numbers = try #require(said.firstMatch(of: #/has (\d+), not (\d+)/#), "\(said)")
    #expect(numbers.1 != numbers.2)
    #expect(said.hasSuffix("\nstatus 0\n"))
  }

  /// A terminal that shows no more what is typed would be left.
  @Test func anEndFromOutsideGivesTheTerminalBack() async throws {
    let said = try await shell(
      "echo READY; read line",
      answers: [
        (
          "READY",
          """
          raw = termios.tcgetattr(terminal); os.kill(process, signal.SIGTERM); time.sleep(4); \
          after = termios.tcgetattr(terminal); \
          text += f'raw {raw[3] != settings[3]} back {after[3] == settings[3]}'.encode()
          """
        )
      ])
    #expect(said.contains("raw True back True"), "\(said)")
    #expect(said.hasSuffix("\nstatus 130\n"), "\(said)")
  }
}

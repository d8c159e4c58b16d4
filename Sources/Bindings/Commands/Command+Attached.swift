internal import Subprocess
import SystemPackage

extension Command {
  /// Runs the tool on kiln's own standard streams, for programs that talk with the user.
  ///
  /// On a terminal it gets one of its own, which `script` of util-linux keeps in touch with the user's:
  /// all keys, Ctrl-C too, go to the tool, and it cannot put words into the input of the shell that
  /// called kiln. Elsewhere it has no terminal. Cancelling the calling task ends it.
  ///
  /// - Parameter onTerminal: whether kiln's standard input and output are a terminal.
  /// - Returns: its exit status, or 128 and the number of the signal that ended it.
  public func runAttached(onTerminal: Bool) async throws(CommandError) -> Int32 {
    let command = onTerminal ? withTerminal : self
    do {
      let result = try await Subprocess.run(
        command.configuration(onTerminal ? Self.relayed : Self.apart),
        input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
        output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
        error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
      if Task.isCancelled { throw CancellationError() }
      switch result.terminationStatus {
      case .exited(let code): return code
      case .signaled(let signal): return 128 + signal
      }
    } catch {
      throw command.failure(error)
    }
  }

  /// Whoever relays gives the user's terminal its settings back when it is asked to end, and would
  /// be left behind with the terminal if kiln were killed.
  private var withTerminal: Command {
    let line = (["exec"] + ([executable] + arguments).map(Self.word)).joined(separator: " ")
    return Command(
      "setpriv",
      [
        "--pdeathsig", "TERM", "--", "script", "--quiet", "--return", "--command", line,
        "/dev/null",
      ],
      environment: environment, workingDirectory: workingDirectory)
  }

  private static var relayed: PlatformOptions {
    var options = PlatformOptions()
    // `script` gives what it runs two seconds, and the terminal its settings after that.
    options.teardownSequence = [
      .send(signal: .terminate, allowedDurationToNextStep: .seconds(5))
    ]
    return options
  }

  /// A word as a shell reads it, by bytes: a quote with a combining mark behind it is none to Swift.
  private static func word(_ text: String) -> String {
    let quote = UInt8(ascii: "'")
    let inner = text.utf8.flatMap { $0 == quote ? Array(#"'\''"#.utf8) : [$0] }
    return String(decoding: [quote] + inner + [quote], as: UTF8.self)
  }
}

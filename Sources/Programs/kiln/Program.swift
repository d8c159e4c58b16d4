import ArgumentParser
import Builds
import Diagnostics
import Dispatch
import Glibc
import Reporting
import Sandbox
import Synchronization

/// The program: locale, privileges, signals, and the exit status; the commands do the rest.
@main
enum Program {
  static func main() async {
    // libarchive mangles, and can crash on, names outside ASCII without a UTF-8 character type.
    _ = unsafe setlocale(LC_CTYPE, "C.UTF-8")
    let work = Task { await run(Array(CommandLine.arguments.dropFirst())) }
    let sources = [SIGINT, SIGTERM, SIGHUP].map { cancelOn($0, work) }
    let status = await work.value
    withExtendedLifetime(sources) {}
    exit(status)
  }

  private static func run(_ arguments: [String]) async -> Int32 {
    do {
      var command = try Kiln.parseAsRoot(arguments)
      try Elevation.elevate(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return 0
    } catch let failure as BuildError {
      return Task.isCancelled ? interrupted : failed(failure, arguments)
    } catch let status as ExitCode {
      return Task.isCancelled ? interrupted : status.rawValue
    } catch {
      return Task.isCancelled ? interrupted : misused(error)
    }
  }

  private static let interrupted: Int32 = 130

  private static func failed(_ failure: BuildError, _ arguments: [String]) -> Int32 {
    if arguments.contains("--json") {
      Terminal.output.write(JSONText.pretty(["diagnostics": failure.diagnostics]) + "\n")
    } else {
      for diagnostic in failure.diagnostics {
        let color = Terminal.errors.wantsColor
        Terminal.errors.write(diagnostic.rendered(color: color) + "\n")
      }
    }
    return failure.isWrongUse ? 2 : 1
  }

  /// What the argument parser has to say: help on standard output, complaints on standard error.
  private static func misused(_ error: any Error) -> Int32 {
    let status = Kiln.exitCode(for: error)
    let message = Kiln.fullMessage(for: error)
    (status.isSuccess ? Terminal.output : Terminal.errors).write(message + "\n")
    return status.isSuccess ? 0 : 2
  }

  /// The first signal cancels the work, which cleans up after itself; a second one ends at once.
  private static func cancelOn(
    _ number: Int32, _ work: Task<Int32, Never>
  ) -> any DispatchSourceSignal {
    _ = signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    let seen = Mutex(false)
    source.setEventHandler {
      let again = seen.withLock { seen in
        defer { seen = true }
        return seen
      }
      if again { _exit(interrupted) }
      work.cancel()
    }
    source.resume()
    return source
  }
}

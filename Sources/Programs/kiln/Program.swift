import ArgumentParser
import Builds
import Diagnostics
import FileSystem
import Glibc
import Reporting
import Sandbox
import SystemPackage

/// The program: locale, privileges, signals, and the exit status; the commands do the rest.
@main
enum Program {
  static func main() async {
    Terminal.takeStandardDescriptors()
    // libarchive mangles, and can crash on, names outside ASCII without a UTF-8 character type.
    _ = unsafe setlocale(LC_CTYPE, "C.UTF-8")
    let interruption = Interruption()
    let work = Task { await run(Array(CommandLine.arguments.dropFirst())) }
    let source = interruption.cancels(work)
    let status = await work.value
    withExtendedLifetime(source) {}
    let end = printed()
    exit(status == 0 ? end : status)
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
      return Task.isCancelled ? interrupted() : failed(failure, arguments)
    } catch let status as ExitCode {
      return Task.isCancelled ? interrupted() : status.rawValue
    } catch {
      return Task.isCancelled ? interrupted() : stopped(error, arguments)
    }
  }

  /// The status of a command that came to its end: 1 where its answer did not get out, and then it
  /// says so.
  private static func printed() -> Int32 {
    guard let number = Terminal.lostOutput else { return 0 }
    let error = FileError("write", "/dev/stdout", errno: Errno(rawValue: number))
    for diagnostic in error.diagnostics { Terminal.errors.write(diagnostic.rendered() + "\n") }
    return 1
  }

  private static func interrupted() -> Int32 {
    Terminal.errors.write("interrupted; the next run goes on with what is finished\n")
    return Interruption.status
  }

  private static func failed(_ failure: BuildError, _ arguments: [String]) -> Int32 {
    report(failure.diagnostics, arguments)
    return failure.status
  }

  /// What the argument parser has to say: help and completions on standard output, complaints as
  /// errors of kiln.
  private static func stopped(_ error: any Error, _ arguments: [String]) -> Int32 {
    if let misuse = Misuse.diagnostic(of: error, arguments) {
      report([misuse], arguments)
      return 2
    }
    let isHelp = Kiln.exitCode(for: error).isSuccess
    (isHelp ? Terminal.output : Terminal.errors).write(Kiln.fullMessage(for: error) + "\n")
    return isHelp ? 0 : 1
  }

  private static func report(_ diagnostics: [Diagnostic], _ arguments: [String]) {
    // What follows `--` is for a program in the image.
    if arguments.prefix(while: { $0 != "--" }).contains("--json") {
      Terminal.output.write(JSONText.pretty(["diagnostics": diagnostics]) + "\n")
      return
    }
    let color = Terminal.errors.wantsColor
    for diagnostic in diagnostics {
      Terminal.errors.write(diagnostic.rendered(color: color) + "\n")
    }
  }
}

import Accelerators
import Diagnosis
import Platform

/// From the arguments to the exit status.
enum Program {
  static let version = "1.0"

  static func run() -> Never {
    do throws(WrongUse) {
      Surroundings.exit(try perform(try Options(Surroundings.arguments)))
    } catch {
      Terminal.errors.write("gpu-smoke-test: " + error.message + "\nTry --help.\n")
      Surroundings.exit(2)
    }
  }

  private static func perform(_ options: Options) throws(WrongUse) -> Int32 {
    switch options.task {
    case .help:
      return Terminal.output.write(Help.text) ? 0 : 2
    case .version:
      return Terminal.output.write("gpu-smoke-test " + version + "\n") ? 0 : 2
    case .test, .selfCheck: break
    }
    let environment = Surroundings.environment
    let machine = Machine(root: options.root, environment: Relaunch.original(environment))
    var settings = try Settings(options, machine)
    if options.task == .test {
      try settings.decide(machine)
      if settings.backend == .directml, machine.root.isEmpty, !Relaunch.hasHappened(environment),
        let environment = Relaunch.environment(machine)
      {
        Surroundings.restart(environment: environment)
      }
    }
    let file = try options.junit.map(open)
    let diagnosis = options.task == .test ? Backends.diagnosis(machine, settings) : nil
    let report =
      diagnosis?.run(version: version) ?? SelfCheck(machine, settings).run(version: version)
    let status = deliver(report, options, machine.environment, file)
    diagnosis?.finish()
    return status
  }

  private static func open(_ path: String) throws(WrongUse) -> OutputFile {
    do throws(FileError) {
      return try OutputFile(path)
    } catch {
      throw WrongUse(error.path + " cannot be written: " + error.reason)
    }
  }

  /// Says on standard error what could not be written: who reads nothing must not take that for success.
  ///
  /// - Returns: the exit status.
  private static func deliver(
    _ report: Report, _ options: Options, _ environment: Variables, _ file: OutputFile?
  ) -> Int32 {
    var trouble: FileError?
    do throws(FileError) {
      try Terminal.output.deliver(text(of: report, options, environment))
    } catch { trouble = error }
    do throws(FileError) { try file?.finish(report.junit) } catch { trouble = error }
    guard let trouble else { return report.exitStatus }
    Terminal.errors.write(
      "gpu-smoke-test: " + trouble.path + " cannot be written: " + trouble.reason + "\n")
    return 2
  }

  private static func text(
    of report: Report, _ options: Options, _ environment: Variables
  ) -> String {
    if options.json { return report.json }
    let output = Terminal.output
    guard output.isTerminal else { return report.text(.plain) }
    let wantsColor =
      (environment["NO_COLOR"] ?? "").isEmpty && (environment["TERM"] ?? "") != "dumb"
    return report.text(
      Report.Style(isColored: wantsColor, columns: min(output.columns ?? 80, 120)))
  }
}

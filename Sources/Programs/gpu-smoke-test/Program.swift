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
      Terminal.errors.write("gpu-smoke-test: \(error.message)\nTry --help.\n")
      Surroundings.exit(2)
    }
  }

  private static func perform(_ options: Options) throws(WrongUse) -> Int32 {
    switch options.task {
    case .help:
      Terminal.output.write(Help.text)
      return 0
    case .version:
      Terminal.output.write("gpu-smoke-test \(version)\n")
      return 0
    case .test, .selfCheck: break
    }
    let environment = Surroundings.environment
    let machine = Machine(root: options.root, environment: Relaunch.original(environment))
    var settings = try Settings(options, machine)
    if options.task == .test {
      settings.decide(machine)
      if settings.backend == .directml, machine.root.isEmpty, !Relaunch.hasHappened(environment),
        let environment = Relaunch.environment(machine)
      {
        Surroundings.restart(environment: environment)
      }
    }
    let file = try options.junit.map(open)
    let report =
      options.task == .selfCheck
      ? SelfCheck(machine, settings).run(version: version)
      : try Backends.diagnosis(machine, settings).run(version: version)
    show(report, options, machine.environment)
    return write(report, to: file) ? report.exitStatus : 2
  }

  private static func open(_ path: String) throws(WrongUse) -> OutputFile {
    do throws(FileError) {
      return try OutputFile(path)
    } catch {
      throw WrongUse("\(error.path) cannot be written: \(error.reason)")
    }
  }

  private static func write(_ report: Report, to file: OutputFile?) -> Bool {
    do throws(FileError) {
      try file?.finish(report.junit)
      return true
    } catch {
      Terminal.errors.write("gpu-smoke-test: \(error.path) cannot be written: \(error.reason)\n")
      return false
    }
  }

  private static func show(_ report: Report, _ options: Options, _ environment: Variables) {
    let output = Terminal.output
    if options.json {
      output.write(report.json)
    } else if output.isTerminal {
      let wantsColor =
        (environment["NO_COLOR"] ?? "").isEmpty && (environment["TERM"] ?? "") != "dumb"
      let columns = min(output.columns ?? 80, 120)
      output.write(report.text(Report.Style(isColored: wantsColor, columns: columns)))
    } else {
      output.write(report.text(.plain))
    }
  }
}

public import Diagnostics

/// A host tool that could not be run or that failed.
public struct CommandError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case notInstalled = "K7101"
    case failed = "K7102"
    case killed = "K7103"
    case timedOut = "K7104"
    case interrupted = "K7105"
    case notStarted = "K7106"
  }

  public let code: Code
  /// The tool and its arguments.
  public let command: [String]
  /// Its exit status or the signal that ended it.
  public let status: Int32
  /// The last lines that it wrote to standard error, else to standard output.
  public let output: String

  public init(_ code: Code, command: [String], status: Int32 = 0, output: String = "") {
    self.code = code
    self.command = command
    self.status = status
    self.output = output
  }

  public var diagnostics: [Diagnostic] {
    let tool = command.first ?? ""
    let message =
      switch code {
      case .notInstalled: "\(tool) is not installed"
      case .failed: "\(tool) failed with status \(status)"
      case .killed: "\(tool) was ended by signal \(status)"
      case .timedOut: "\(tool) took longer than \(status) s and was stopped"
      case .interrupted: "\(tool) was interrupted"
      case .notStarted: "\(tool) could not be started"
      }
    return [
      Diagnostic(
        code: code.rawValue, message: message,
        reason: output.isEmpty ? nil : output,
        remedy: code == .notInstalled ? "install it; on Debian, `make setup` does" : nil)
    ]
  }
}

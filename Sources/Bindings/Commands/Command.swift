internal import Subprocess
public import SystemPackage

/// A host tool with its arguments, ready to run.
///
/// The environment is exactly what is given: nothing of kiln's own leaks into a tool unless the
/// caller passes it. It has no terminal: whoever shares kiln's can put words into the input of the
/// shell that called kiln. Cancelling the calling task kills the tool with the processes of its group.
public struct Command: Hashable, Sendable {
  /// A path, or a name that is looked up in the `PATH` of ``environment``.
  public var executable: String
  public var arguments: [String]
  public var environment: [String: String]
  public var workingDirectory: FilePath?
  /// Text for standard input; nil is `/dev/null`.
  public var input: String?
  /// Seconds until the tool is killed; nil waits for ever.
  public var timeout: Int?
  /// Exit statuses that mean success.
  public var accepted: Set<Int32> = [0]

  public init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String],
    workingDirectory: FilePath? = nil, input: String? = nil, timeout: Int? = nil
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.input = input
    self.timeout = timeout
  }
}

/// What a finished tool left.
public struct CommandResult: Hashable, Sendable {
  public let status: Int32
  public let output: String
  public let errors: String

  public init(status: Int32, output: String, errors: String) {
    self.status = status
    self.output = output
    self.errors = errors
  }
}

/// Which of a tool's two streams a line came from.
public enum CommandStream: Hashable, Sendable { case output, errors }

extension Command {
  /// Runs the tool to its end.
  ///
  /// - Parameter onLine: gets each line as it comes, of both streams.
  /// - Throws: ``CommandError`` for a missing tool, a status outside ``accepted``, a signal, a
  ///   time-out, or cancellation.
  @discardableResult
  public func run(
    onLine: (@Sendable (CommandStream, String) -> Void)? = nil
  ) async throws(CommandError) -> CommandResult {
    let outcome: Outcome
    do {
      outcome = try await withDeadline { try await execute(onLine) }
    } catch {
      throw failure(error)
    }
    let result = CommandResult(
      status: outcome.status, output: outcome.output.text, errors: outcome.errors.text)
    if Task.isCancelled { throw error(.interrupted, outcome.status, result) }
    if outcome.signalled { throw error(.killed, outcome.status, result) }
    guard accepted.contains(outcome.status) else { throw error(.failed, outcome.status, result) }
    return result
  }

  private struct Outcome: Sendable {
    var status: Int32
    var signalled: Bool
    var output: Capture
    var errors: Capture
  }

  private struct DeadlinePassed: Error {}

  static var apart: PlatformOptions {
    var options = PlatformOptions()
    options.createSession = true
    // Ctrl-C reaches the terminal's own processes only, so that the tool's have to be told by kiln. The
    // signal at the end goes to whom the step before it went.
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
    ]
    return options
  }

  func configuration(_ options: PlatformOptions) -> Configuration {
    let executable: Executable =
      executable.contains("/") ? .path(FilePath(executable)) : .name(executable)
    let variables = environment.map { (Environment.Key(stringLiteral: $0), $1) }
    return Configuration(
      executable: executable, arguments: Arguments(arguments),
      environment: .custom(Dictionary(uniqueKeysWithValues: variables)),
      workingDirectory: workingDirectory, platformOptions: options)
  }

  private func execute(
    _ onLine: (@Sendable (CommandStream, String) -> Void)?
  ) async throws -> Outcome {
    let text = input ?? ""
    let result = try await Subprocess.run(
      configuration(Self.apart), input: .string(text), output: .sequence, error: .sequence
    ) { execution in
      async let errors = Capture.drain(execution.standardError) { onLine?(.errors, $0) }
      let output = try await Capture.drain(execution.standardOutput) { onLine?(.output, $0) }
      return (output, try await errors)
    }
    let (output, errors) = result.closureResult
    switch result.terminationStatus {
    case .exited(let code):
      return Outcome(status: code, signalled: false, output: output, errors: errors)
    case .signaled(let signal):
      return Outcome(status: signal, signalled: true, output: output, errors: errors)
    }
  }

  private func withDeadline(
    _ body: @escaping @Sendable () async throws -> Outcome
  ) async throws -> Outcome {
    guard let timeout else { return try await body() }
    return try await withThrowingTaskGroup(of: Outcome.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: .seconds(timeout))
        throw DeadlinePassed()
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }

  func failure(_ error: any Error) -> CommandError {
    let command = [executable] + arguments
    if error is DeadlinePassed {
      return CommandError(.timedOut, command: command, status: Int32(timeout ?? 0))
    }
    if Task.isCancelled || error is CancellationError {
      return CommandError(.interrupted, command: command)
    }
    if let error = error as? SubprocessError, error.code == .executableNotFound {
      return CommandError(.notInstalled, command: command)
    }
    return CommandError(.notStarted, command: command, output: "\(error)")
  }

  private func error(
    _ code: CommandError.Code, _ status: Int32, _ result: CommandResult
  ) -> CommandError {
    let lines = (result.errors.isEmpty ? result.output : result.errors).split(separator: "\n")
    return CommandError(
      code, command: [executable] + arguments, status: status,
      output: lines.suffix(40).joined(separator: "\n"))
  }
}

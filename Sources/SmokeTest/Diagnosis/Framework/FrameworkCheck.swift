internal import Accelerators
internal import Platform

/// Runs a small training of a framework through the image's own Python, in a process that may die of
/// it.
struct FrameworkCheck {
  let framework: Framework
  let backend: Backend
  /// Which of the backend's devices, from 0.
  var device = 0
  let machine: Machine
  /// The interpreter, a path of the machine; nothing looks in `PATH`.
  let python: String?
  /// What all of it may take, in nanoseconds.
  let limit: UInt64

  /// Losses and weights may differ from the CPU's by this, relative to them or to 1.
  static let tolerance = 1e-3

  func run() -> Outcome {
    let stopwatch = Stopwatch()
    var (state, facts) = examine()
    facts.append(Fact("framework", .text(framework.title)))
    facts.swapAt(0, facts.count - 1)
    return Outcome(.framework, state, facts, nanoseconds: stopwatch.nanoseconds)
  }

  private func examine() -> (Outcome.State, [Fact]) {
    guard let interpreter else {
      return (.failed(Trouble("G1081", python.map { "at " + $0 } ?? "in PATH")), [])
    }
    let answer = FrameworkAnswer(framework: framework, backend: backend)
    let child: Child
    do throws(FileError) {
      child = try Child.spawn(
        try machine.resolve(interpreter),
        ["-u", "-c", framework.script, backend.name, decimal(device)], environment: environment)
    } catch {
      return (.failed(Trouble("G1054", error.reason)), [])
    }
    let ending = listen(to: child, answer)
    let facts = [Fact("interpreter", .text(interpreter))] + answer.facts
    return (answer.state(ending, limit: limit), facts)
  }

  /// TensorFlow's own log says what DirectML found, unless it is told to be quiet.
  private var environment: Variables {
    var environment = machine.environment
    environment["TF_CPP_MIN_LOG_LEVEL"] = "0"
    return environment
  }

  /// How it ended; nothing when it took too long.
  private func listen(to child: Child, _ answer: FrameworkAnswer) -> Child.Ending? {
    let deadline = Stopwatch.now &+ limit
    while true {
      switch child.next(by: deadline) {
      case .report(let bytes): answer.report(bytes)
      case .words(let bytes): answer.words(bytes)
      case .ended(let ending): return ending
      case .late:
        child.stop()
        return nil
      }
    }
  }

  /// The interpreter that is named, else the first `python3` of `PATH`.
  private var interpreter: String? {
    if let python { return machine.mayExecute(python) ? python : nil }
    let folders = (machine.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(at: ":")
    return folders.map { $0 + "/python3" }.first {
      machine.status($0)?.kind == .file && machine.mayExecute($0)
    }
  }
}

internal import Accelerators
internal import Platform
internal import Trainer

/// What the parent makes of a child that drives a device: outcomes, whatever becomes of the child.
final class DeviceWatch {
  private(set) var outcomes: [Outcome] = []
  private(set) var run: TrainingRun?
  private(set) var throughput: Throughput?

  private let device: Int?
  private let limit: UInt64
  private var reader = MessageReader()
  /// The stage in progress, and since when.
  private var current: (stage: Stage, since: UInt64)
  private var words: [UInt8] = []
  private var isFinished = false

  /// The accelerator's stages, in the order in which the child asks.
  static let stages: [Stage] = [
    .driver, .version, .device, .memory, .kernels, .training, .acceleration,
  ]

  /// - Parameter limit: what one stage may take, in nanoseconds.
  init(limit: UInt64, device: Int? = nil) {
    self.limit = limit
    self.device = device
    current = (.driver, Stopwatch.now)
  }

  /// Listens until the child has said all, died, or let a stage take too long.
  func watch(_ child: Child) {
    while !isFinished {
      switch child.next(by: current.since &+ limit) {
      case .report(let bytes):
        for message in reader.read(bytes) { take(message) }
        if reader.isBroken { end("sent what cannot be read", child) }
      case .words(let bytes):
        words = (words + bytes).last(4096)
      case .ended(let ending):
        close(ending)
      case .late:
        fail(tooLate(child.stop()), at: Stopwatch.now)
        isFinished = true
      }
    }
  }

  private func take(_ message: Message) {
    switch message {
    case .begun(let stage, let time): current = (stage, time)
    case .ended(let stage, let time, let facts):
      append(stage, .passed, facts, at: time)
    case .warned(let stage, let time, let facts, let trouble):
      append(stage, .warned(trouble), facts, at: time)
    case .failed(let stage, let time, let trouble):
      append(stage, .failed(trouble), [], at: time)
    case .trained(let run): self.run = run
    case .measured(let throughput): self.throughput = throughput
    case .finished: isFinished = true
    }
  }

  private func append(
    _ stage: Stage, _ state: Outcome.State, _ facts: [Fact], at time: UInt64
  ) {
    let nanoseconds = time > current.since ? time - current.since : 0
    outcomes.append(Outcome(stage, state, facts, nanoseconds: nanoseconds, device: device))
    current.since = time
  }

  private func fail(_ trouble: Trouble, at time: UInt64) {
    append(current.stage, .failed(trouble), [], at: time)
  }

  private func end(_ what: String, _ child: Child) {
    child.stop()
    fail(unexpected(what), at: Stopwatch.now)
    isFinished = true
  }

  /// The child ended without having said that it is finished.
  private func close(_ ending: Child.Ending) {
    switch ending {
    case .signal(let signal): fail(crash(signal), at: Stopwatch.now)
    case .exited(let status):
      fail(unexpected("ended with status " + decimal(Int(status))), at: Stopwatch.now)
    case .stuck: fail(tooLate(.stuck), at: Stopwatch.now)
    }
    isFinished = true
  }
}

extension DeviceWatch {
  private var lastWords: String { words.isEmpty ? "" : "; it said: " + lastLine(words) }

  private func crash(_ signal: Int32) -> Trouble {
    Trouble("G1051", current.stage.name, signalName(signal), lastWords)
  }

  private func tooLate(_ ending: Child.Ending) -> Trouble {
    let stuck = ending == .stuck ? ", and cannot be stopped" : ""
    return Trouble("G1052", current.stage.name, significant(Double(limit) / 1e9), stuck + lastWords)
  }

  private func unexpected(_ what: String) -> Trouble {
    Trouble("G1053", what, current.stage.name, lastWords)
  }
}

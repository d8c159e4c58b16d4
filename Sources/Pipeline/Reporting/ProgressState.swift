public import Content

/// What is known of a running build: a pure function of the events so far and of the clock.
public struct ProgressState: Hashable, Sendable {
  /// One stage as it stands.
  public struct StageState: Hashable, Sendable {
    public let stage: ProgressEvent.Stage
    public let unit: ProgressEvent.Unit
    public let total: Int64?
    public fileprivate(set) var done: Int64 = 0
    public fileprivate(set) var item = ""
    /// Milliseconds on the caller's clock.
    public let started: Int64
    public fileprivate(set) var finished: Int64?
    public fileprivate(set) var reused = false
  }

  /// In the order in which they began.
  public private(set) var stages: [StageState] = []
  public private(set) var notices: [String] = []
  /// The last line that a tool or a step printed.
  public private(set) var lastOutput = ""

  public init() {}

  /// - Parameter now: milliseconds on a clock that never goes back.
  public mutating func apply(_ event: ProgressEvent, now: Int64) {
    switch event {
    case .started(let stage, let total, let unit):
      stages.removeAll { $0.stage == stage }
      stages.append(StageState(stage: stage, unit: unit, total: total, started: now))
    case .advanced(let stage, let done, let item):
      change(stage) {
        $0.done = done
        $0.item = item
      }
    case .finished(let stage, let reused):
      change(stage) {
        $0.finished = now
        $0.reused = reused
      }
    case .output(_, let line):
      lastOutput = line
    case .noticed(let code, let message):
      notices.append("\(code): \(message)")
    }
  }

  private mutating func change(
    _ stage: ProgressEvent.Stage, _ body: (inout StageState) -> Void
  ) {
    guard let index = stages.firstIndex(where: { $0.stage == stage }) else { return }
    body(&stages[index])
  }
}

extension ProgressState.StageState {
  /// `12 MB of 40 MB`, `3 of 157`, or what is done where the total is unknown.
  public var amount: String {
    let text = { (count: Int64) in unit == .bytes ? "\(ByteCount(count))" : "\(count)" }
    guard let total else { return done > 0 ? text(done) : "" }
    return finished == nil ? "\(text(done)) of \(text(total))" : text(total)
  }

  public func elapsed(now: Int64) -> Int64 { (finished ?? now) - started }
}

/// A span of time as people read it: `0.4 s`, `12.0 s`, `3 min 05 s`.
public func elapsedText(milliseconds: Int64) -> String {
  let tenths = milliseconds / 100
  guard tenths >= 1200 else { return "\(tenths / 10).\(tenths % 10) s" }
  let seconds = milliseconds / 1000
  let rest = seconds % 60
  return "\(seconds / 60) min \(rest < 10 ? "0" : "")\(rest) s"
}

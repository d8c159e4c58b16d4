public import Content

/// Writes progress as plain lines for logs: stages as they begin and end, and in between at most
/// one line a second.
public struct PlainRenderer: Sendable {
  private var lastLine: Int64 = .min

  public init() {}

  /// The line that a harmless event is worth, or nil.
  public mutating func line(
    for event: ProgressEvent, state: ProgressState, now: Int64
  ) -> String? {
    switch event {
    case .started(let stage, let total, let unit):
      lastLine = now
      let amount = total.map { unit == .bytes ? " (\(ByteCount($0)))" : " (\($0))" } ?? ""
      return "\(stage.rawValue): started\(amount)"
    case .finished(let stage, let reused):
      guard let found = state.stages.first(where: { $0.stage == stage }) else { return nil }
      let time = elapsedText(milliseconds: found.elapsed(now: now))
      return reused ? "\(stage.rawValue): reused, \(time)" : "\(stage.rawValue): done in \(time)"
    case .advanced(let stage, _, let item):
      guard isDue(now), let found = state.stages.first(where: { $0.stage == stage }) else {
        return nil
      }
      return ["\(stage.rawValue):", found.amount, item].filter { !$0.isEmpty }
        .joined(separator: " ")
    case .output(let stage, let text):
      guard text.contains(where: { !$0.isWhitespace }), isDue(now) else { return nil }
      return "\(stage.rawValue): \(text)"
    case .noticed(let code, let message):
      return "notice[\(code)]: \(message)"
    }
  }

  private mutating func isDue(_ now: Int64) -> Bool {
    guard lastLine == .min || now - lastLine >= 1000 else { return false }
    lastLine = now
    return true
  }
}

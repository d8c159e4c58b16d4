internal import Content

/// Draws a build's progress for a terminal: one line a stage, the running ones with a bar.
public struct TerminalRenderer: Sendable {
  /// Columns of the terminal.
  public let width: Int
  public let color: Bool

  public init(width: Int, color: Bool) {
    self.width = max(width, 40)
    self.color = color
  }

  /// The lines to stand on the terminal now, none wider than ``width``.
  public func lines(_ state: ProgressState, now: Int64) -> [String] {
    var lines = state.stages.map { line($0, now: now) }
    let running = state.stages.contains { $0.finished == nil }
    if running, !state.lastOutput.isEmpty {
      lines.append(paint(clip("  " + printable(state.lastOutput)), "2"))
    }
    return lines
  }

  private func line(_ stage: ProgressState.StageState, now: Int64) -> String {
    let running = stage.finished == nil
    let mark = running ? paint("▸", "1;33") : paint(stage.reused ? "↺" : "✓", "1;32")
    let name = pad(stage.stage.rawValue, 10)
    let time = pad(elapsedText(milliseconds: stage.elapsed(now: now)), 10)
    let bar = running ? progressBar(stage) : ""
    let note = stage.reused ? "reused" : stage.amount
    let item = running && !stage.item.isEmpty ? printable(stage.item) : ""
    let text = [note, item].filter { !$0.isEmpty }.joined(separator: "  ")
    let used = 2 + 10 + 10 + bar.unicodeScalars.count
    return "\(mark) \(name)\(time)\(bar)" + clip(text, to: width - used - 1)
  }

  private func progressBar(_ stage: ProgressState.StageState) -> String {
    guard let total = stage.total, total > 0 else { return "" }
    let full = Int(min(stage.done, total) * 20 / total)
    return "[" + String(repeating: "█", count: full) + String(repeating: "·", count: 20 - full)
      + "] "
  }

  private func pad(_ text: String, _ columns: Int) -> String {
    text + String(repeating: " ", count: max(1, columns - text.unicodeScalars.count))
  }

  private func clip(_ text: String, to columns: Int? = nil) -> String {
    let columns = max(0, columns ?? width - 1)
    guard text.unicodeScalars.count > columns else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(max(0, columns - 1)))) + "…"
  }

  /// Tools may print escapes that would move the cursor: they become spaces.
  private func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  private func paint(_ text: String, _ code: String) -> String {
    color ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

import Content
import Glibc
import Reporting
import Synchronization

/// Draws the stream of progress on standard error, as the user chose.
final class ProgressReporter: Sendable {
  enum Style: String, CaseIterable { case auto, plain, json, none }

  private struct Drawing {
    var state = ProgressState()
    var plain = PlainRenderer()
    var standing = 0
    var lastDrawn: Int64 = .min
  }

  private let style: Style
  private let started = ContinuousClock.now
  private let drawing = Mutex(Drawing())

  /// - Parameter style: `auto` is a live display on a terminal that can show it, and plain lines elsewhere.
  init(style: Style) {
    self.style = style == .auto && !Terminal.errors.isLively ? .plain : style
  }

  func send(_ event: ProgressEvent) {
    let now = milliseconds
    // JSON says control characters in escapes of its own.
    let event = style == .json ? event : event.harmless
    drawing.withLock { drawing in
      drawing.state.apply(event, now: now)
      switch style {
      case .none: break
      case .json: Terminal.errors.write(JSONRenderer.line(for: event, now: now) + "\n")
      case .plain:
        if let line = drawing.plain.line(for: event, state: drawing.state, now: now) {
          Terminal.errors.write(line + "\n")
        }
      case .auto: draw(&drawing, event, now)
      }
    }
  }

  /// Draws the last state, and leaves the cursor below it.
  func finish() {
    drawing.withLock { drawing in
      guard style == .auto else { return }
      redraw(&drawing, now: milliseconds)
    }
  }

  private var milliseconds: Int64 {
    let (seconds, attoseconds) = started.duration(to: .now).components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }

  private func draw(_ drawing: inout Drawing, _ event: ProgressEvent, _ now: Int64) {
    if case .noticed(let code, let message) = event {
      erase(&drawing)
      Terminal.errors.write("notice[\(code)]: \(message)\n")
    }
    let isMilestone =
      switch event {
      case .started, .finished, .noticed: true
      case .advanced, .output: false
      }
    guard isMilestone || now - drawing.lastDrawn >= 100 else { return }
    redraw(&drawing, now: now)
  }

  private func redraw(_ drawing: inout Drawing, now: Int64) {
    erase(&drawing)
    let renderer = TerminalRenderer(
      width: Terminal.errors.columns, color: Terminal.errors.wantsColor)
    let lines = renderer.lines(drawing.state, now: now)
    Terminal.errors.write(lines.map { $0 + "\n" }.joined())
    drawing.standing = lines.count
    drawing.lastDrawn = now
  }

  private func erase(_ drawing: inout Drawing) {
    guard drawing.standing > 0 else { return }
    Terminal.errors.write("\u{1B}[\(drawing.standing)A\u{1B}[J")
    drawing.standing = 0
  }
}

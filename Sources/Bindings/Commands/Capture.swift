internal import Subprocess

/// A stream's text, bounded: of more than ``limit`` bytes the middle is dropped.
struct Capture: Sendable {
  static let limit = 64 << 20

  private(set) var text = ""

  static func drain(
    _ stream: SubprocessOutputSequence, _ onLine: @Sendable (String) -> Void
  ) async throws -> Capture {
    var capture = Capture()
    for try await line in stream.strings() {
      let line = line.last == "\n" ? String(line.dropLast()) : line
      onLine(line)
      capture.text += line + "\n"
      if capture.text.utf8.count > limit { capture.text.removeFirst(limit / 2) }
    }
    return capture
  }
}

internal import Subprocess

/// A stream's text, bounded: of more than ``limit`` bytes the beginning is dropped.
struct Capture: Sendable {
  let limit: Int
  /// Bytes; longer ones are given in parts.
  static let longestLine = 8 << 20

  private(set) var text = ""

  init(limit: Int = 64 << 20) { self.limit = limit }

  static func drain(
    _ stream: SubprocessOutputSequence, _ onLine: @Sendable (String) -> Void
  ) async throws -> Capture {
    var capture = Capture()
    var pending: [UInt8] = []
    for try await buffer in stream {
      var bytes = unsafe buffer.withUnsafeBytes { unsafe Array($0) }[...]
      while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        onLine(capture.take(pending + bytes[..<end]))
        pending = []
        bytes = bytes[(end + 1)...]
      }
      pending += bytes
      // Whoever draws no line at all is cut, so that the rest of it does not pile up here.
      if pending.count > longestLine {
        onLine(capture.take(pending))
        pending = []
      }
    }
    if !pending.isEmpty { onLine(capture.take(pending)) }
    return capture
  }

  /// - Returns: the line as text.
  mutating func take(_ line: [UInt8]) -> String {
    let line = String(decoding: line, as: UTF8.self)
    text += line + "\n"
    // In bytes: half of them may be more characters than there are.
    if text.utf8.count > limit {
      text = String(decoding: text.utf8.suffix(limit / 2), as: UTF8.self)
    }
    return line
  }
}

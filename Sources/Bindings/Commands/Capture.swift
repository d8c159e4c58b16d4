internal import Subprocess

/// A stream's text, bounded: of more than ``limit`` bytes the beginning is dropped.
struct Capture: Sendable {
  static let limit = 64 << 20
  /// Bytes; longer ones are given in parts.
  static let longestLine = 8 << 20

  private(set) var text = ""

  static func drain(
    _ stream: SubprocessOutputSequence, _ onLine: @Sendable (String) -> Void
  ) async throws -> Capture {
    var capture = Capture()
    var pending: [UInt8] = []
    for try await buffer in stream {
      var bytes = unsafe buffer.withUnsafeBytes { unsafe Array($0) }[...]
      while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        capture.take(pending + bytes[..<end], onLine)
        pending = []
        bytes = bytes[(end + 1)...]
      }
      pending += bytes
      // Whoever draws no line at all is cut, so that the rest of it does not pile up here.
      if pending.count > longestLine {
        capture.take(pending, onLine)
        pending = []
      }
    }
    if !pending.isEmpty { capture.take(pending, onLine) }
    return capture
  }

  private mutating func take(_ line: [UInt8], _ onLine: (String) -> Void) {
    let line = String(decoding: line, as: UTF8.self)
    onLine(line)
    text += line + "\n"
    // In bytes: half of them may be more characters than there are.
    if text.utf8.count > Self.limit {
      text = String(decoding: text.utf8.suffix(Self.limit / 2), as: UTF8.self)
    }
  }
}

import CPlatform

/// One of the program's output streams.
public struct Terminal: Sendable {
  public static let output = Terminal(descriptor: 1)
  public static let errors = Terminal(descriptor: 2)

  private let descriptor: Int32

  public var isTerminal: Bool { isatty(descriptor) == 1 }

  /// The width of its lines; nothing where it does not tell.
  public var columns: Int? {
    let columns = Int(platform_columns(descriptor))
    return columns > 0 ? columns : nil
  }

  /// Writes all of the text, and says whether that went well.
  @discardableResult
  public func write(_ text: String) -> Bool { writeAll(text.bytes, to: descriptor) }

  /// The same, of what somebody waits for.
  public func deliver(_ text: String) throws(FileError) {
    guard write(text) else { throw FileError(path: "standard output") }
  }
}

/// Writes all of `bytes` to `descriptor`.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var written = 0
  while written < bytes.count {
    let count = unsafe bytes.withUnsafeBytes {
      unsafe write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
    }
    if count < 0, platform_errno() == EINTR { continue }
    guard count > 0 else { return false }
    written += count
  }
  return true
}

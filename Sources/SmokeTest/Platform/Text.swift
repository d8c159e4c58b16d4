// Text by its bytes. What stands in paths, options and files of the system is compared as it is
// written; the standard library's own functions go by Unicode's characters, whose tables and code would
// be a good part of the program.

extension String {
  /// The parts between each `separator`, which is ASCII; empty ones are left out.
  public func split(at separator: Unicode.Scalar) -> [String] {
    let separator = UInt8(truncatingIfNeeded: separator.value)
    return split { $0 == separator }
  }

  /// The lines, without empty ones.
  public var lines: [String] { split { $0 == 0x0A || $0 == 0x0D } }

  /// The parts between blanks.
  public var words: [String] { split { $0 <= 0x20 } }

  private func split(_ isSeparator: (UInt8) -> Bool) -> [String] {
    var parts: [String] = []
    var part: [UInt8] = []
    for byte in utf8 {
      if !isSeparator(byte) {
        part.append(byte)
      } else if !part.isEmpty {
        parts.append(String(decoding: part, as: UTF8.self))
        part.removeAll()
      }
    }
    if !part.isEmpty { parts.append(String(decoding: part, as: UTF8.self)) }
    return parts
  }

  /// The text without blanks around it.
  public var trimmed: String {
    var bytes = Array(utf8)[...]
    while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
    while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  public func begins(with start: String) -> Bool { utf8.starts(with: start.utf8) }

  public func ends(with end: String) -> Bool {
    utf8.count >= end.utf8.count && utf8.suffix(end.utf8.count).elementsEqual(end.utf8)
  }

  /// Whether `part` stands anywhere in the text.
  public func has(_ part: String) -> Bool {
    let bytes = Array(utf8)
    let part = Array(part.utf8)
    guard bytes.count >= part.count else { return false }
    return (0...bytes.count - part.count).contains {
      bytes[$0..<$0 + part.count].elementsEqual(part)
    }
  }

  /// What follows `start`, or nothing when the text does not begin with it.
  public func after(_ start: String) -> String? {
    begins(with: start) ? String(decoding: utf8.dropFirst(start.utf8.count), as: UTF8.self) : nil
  }

  /// A whole number without a sign.
  public var number: Int? {
    let digits = Array(utf8)
    guard !digits.isEmpty, digits.count <= 18 else { return nil }
    var number = 0
    for digit in digits {
      guard digit >= 0x30, digit <= 0x39 else { return nil }
      number = number * 10 + Int(digit - 0x30)
    }
    return number
  }
}

/// A SHA-256 value, 32 bytes; its text form is 64 lower-case hexadecimal digits.
///
/// Trees have ten thousands of them, so it is four numbers and no array.
public struct SHA256Digest: Hashable, Sendable {
  /// The first eight bytes, and so on, most significant first.
  private let first, second, third, fourth: UInt64

  /// - Returns: nil unless there are exactly 32 bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    (first, second) = (UInt64(bytes[0..<8]), UInt64(bytes[8..<16]))
    (third, fourth) = (UInt64(bytes[16..<24]), UInt64(bytes[24..<32]))
  }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for word in [first, second, third, fourth] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    return bytes
  }

  /// - Returns: nil unless `hex` is 64 hexadecimal digits, of either case.
  public init?(hex: some StringProtocol) { self.init(hexDigits: hex.utf8) }

  /// - Returns: nil unless there are 64 hexadecimal digits in ASCII, of either case.
  public init?(hexDigits: some Collection<UInt8>) {
    self.init(hexDigits: Array(hexDigits)[...])
  }

  /// - Returns: nil unless there are 64 hexadecimal digits in ASCII, of either case.
  public init?(hexDigits: ArraySlice<UInt8>) {
    guard hexDigits.count == 64 else { return nil }
    let start = hexDigits.startIndex
    let word = { (index: Int) -> UInt64? in
      var value: UInt64 = 0
      for place in start + 16 * index..<start + 16 * (index + 1) {
        guard let digit = UInt8(hexDigit: hexDigits[place]) else { return nil }
        value = value << 4 | UInt64(digit)
      }
      return value
    }
    guard let first = word(0), let second = word(1), let third = word(2), let fourth = word(3)
    else { return nil }
    (self.first, self.second, self.third, self.fourth) = (first, second, third, fourth)
  }

  public var hex: String { String(decoding: hexDigits, as: UTF8.self) }

  /// 64 lower-case digits in ASCII.
  public var hexDigits: [UInt8] {
    var digits: [UInt8] = []
    digits.reserveCapacity(64)
    for word in [first, second, third, fourth] {
      for shift in stride(from: 60, through: 0, by: -4) {
        digits.append(Hexadecimal.digit(UInt8(truncatingIfNeeded: word >> shift) & 15))
      }
    }
    return digits
  }

  /// The digest of bytes in memory.
  public init(of content: some Sequence<UInt8>) {
    var hasher = Hasher256()
    hasher.update(Array(content))
    self = hasher.finish()
  }

  /// The digest of a text's UTF-8.
  public init(ofText text: String) { self.init(of: text.utf8) }
}

extension SHA256Digest: CustomStringConvertible {
  public var description: String { hex }
}

extension SHA256Digest: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    (left.first, left.second, left.third, left.fourth)
      < (right.first, right.second, right.third, right.fourth)
  }
}

extension SHA256Digest: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let digest = SHA256Digest(hex: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not 64 hexadecimal digits")
    }
    self = digest
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}

/// Lower-case hexadecimal text of bytes, and back.
public enum Hexadecimal {
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digit(byte >> 4))
      text.append(digit(byte & 15))
    }
    return String(decoding: text, as: UTF8.self)
  }

  fileprivate static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  /// - Returns: nil for an odd number of digits or anything that is not a digit.
  public static func bytes(_ text: some StringProtocol) -> [UInt8]? { bytes(text.utf8) }

  /// - Returns: nil for an odd number of digits or anything that is not a digit in ASCII.
  public static func bytes(_ digits: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var iterator = digits.makeIterator()
    while let first = iterator.next() {
      guard let high = UInt8(hexDigit: first), let second = iterator.next(),
        let low = UInt8(hexDigit: second)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}

extension UInt8 {
  fileprivate init?(hexDigit: UInt8) {
    switch hexDigit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self = hexDigit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self = hexDigit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self = hexDigit - UInt8(ascii: "A") + 10
    default: return nil
    }
  }
}

internal import Digests

/// Percent-encoding of URLs (RFC 3986).
public enum Percent {
  /// The text with its escapes resolved; a broken escape stays as it is.
  public static func decoded(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = Hexadecimal.bytes(String(decoding: rest.prefix(2), as: UTF8.self))
      {
        bytes += value
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text with every byte escaped that is no letter, no digit, and none of `-._~` and `kept`.
  public static func encoded(_ text: String, keeping kept: String = "") -> String {
    escaped(text, digits: "0123456789ABCDEF") { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-._~".utf8.contains(byte)
        || kept.utf8.contains(byte)
    }
  }

  /// A path as apt quotes it, which a lock has as it is: some servers take a bare `+` for a space,
  /// and a file may be called `foo_1%3a2.0_all.deb`.
  public static func encodedByApt(_ path: String) -> String {
    escaped(path, digits: "0123456789abcdef") { byte in
      byte > 0x20 && byte < 0x7F && !"+~%#?".utf8.contains(byte)
    }
  }

  private static func escaped(
    _ text: String, digits: String, isPlain: (UInt8) -> Bool
  ) -> String {
    let digits = Array(digits.utf8)
    let bytes = text.utf8.reduce(into: [UInt8]()) { bytes, byte in
      bytes +=
        isPlain(byte)
        ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

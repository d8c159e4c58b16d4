internal import Content
internal import Digests

/// A wheel's `RECORD`: one row for each file, CSV with its digest and size.
///
/// Source: recording installed projects (PEP 376, PEP 627) and the wheel format (PEP 427).
struct RecordFile: Hashable, Sendable {
  /// One row, its fields as they are written, since an installer passes them on.
  struct Row: Hashable, Sendable {
    var path: String
    /// `sha256=` and base64 for URLs without padding; empty where the file cannot have one.
    var digest: String
    /// Decimal, or empty.
    var size: String

    /// nil where the digest is absent or not a SHA-256.
    var sha256: SHA256Digest? {
      guard digest.utf8.starts(with: "sha256=".utf8) else { return nil }
      return Base64.decode(digest.utf8.dropFirst(7)).flatMap { SHA256Digest(bytes: $0) }
    }
  }

  var rows: [Row]

  init(rows: [Row]) { self.rows = rows }

  /// Parses a RECORD; rows are not held against anything yet.
  ///
  /// - Parameter refuse: makes the error from the text of a bad row and what is wrong with it.
  init(
    parsing text: String, refuse: (String, String) -> WheelError
  ) throws(WheelError) {
    rows = []
    for line in TextLines.split(text) where !line.isEmpty {
      guard let fields = Self.fields(line) else {
        throw refuse(line, "its quotes are not those of a CSV file")
      }
      guard fields.count == 3 else {
        throw refuse(line, "a row has \(fields.count) fields, not path, digest and size")
      }
      rows.append(Row(path: fields[0], digest: fields[1], size: fields[2]))
    }
  }

  private static func fields(_ line: String) -> [String]? {
    let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
    var fields: [String] = []
    var rest = line.utf8[...]
    while true {
      var field: [UInt8] = []
      if rest.first == quote {
        rest = rest.dropFirst()
        while true {
          guard let byte = rest.popFirst() else { return nil }
          if byte != quote {
            field.append(byte)
          } else if rest.first == quote {
            field.append(quote)
            rest = rest.dropFirst()
          } else {
            break
          }
        }
      } else {
        field = Array(rest.prefix { $0 != comma })
        rest = rest.dropFirst(field.count)
      }
      fields.append(String(decoding: field, as: UTF8.self))
      guard let next = rest.popFirst() else { return fields }
      guard next == comma else { return nil }
    }
  }

  /// The text as pip writes it: rows sorted by path, then digest, then size; lines end in CRLF;
  /// fields quoted only where they must be.
  var sortedText: String {
    let sorted = rows.sorted {
      Self.isBefore($0.path, $1.path) ?? Self.isBefore($0.digest, $1.digest)
        ?? Self.isBefore($0.size, $1.size) ?? false
    }
    return sorted.map { row in
      [row.path, row.digest, row.size].map(Self.quoted).joined(separator: ",") + "\r\n"
    }.joined()
  }

  /// Python orders strings by code points, which is the order of their UTF-8.
  ///
  /// - Returns: nil for equal ones.
  private static func isBefore(_ left: String, _ right: String) -> Bool? {
    precedes(left, right) ? true : precedes(right, left) ? false : nil
  }

  private static func quoted(_ field: String) -> String {
    let isSpecial = { (byte: UInt8) in byte == 0x22 || byte == 0x2C || byte == 0x0A || byte == 0x0D
    }
    guard field.utf8.contains(where: isSpecial) else { return field }
    let escaped = field.utf8.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] }
    return "\"" + String(decoding: escaped, as: UTF8.self) + "\""
  }
}

extension SHA256Digest {
  /// As RECORD writes it.
  var recordText: String { "sha256=" + Base64.encode(bytes) }
}

/// Base64 with `-` and `_`, without padding (RFC 4648, section 5).
enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for index in 0...group.count { text.append(digits[value >> (18 - 6 * index) & 63]) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: nil for anything but the digits; padding is passed over.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var (value, bits) = (0, 0)
    for digit in text where digit != UInt8(ascii: "=") {
      guard let number = Self.digits.firstIndex(of: digit) else { return nil }
      value = (value << 6 | number) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: value >> bits))
      }
    }
    return bytes
  }
}

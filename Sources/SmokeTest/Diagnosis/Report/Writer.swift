internal import Platform

/// A text that grows. A class, and nothing inlined: the reports write it in many small pieces.
final class Writer {
  private var bytes: [UInt8] = []

  var text: String { String(bytes: bytes) }

  @inline(never)
  func put(_ text: String) { bytes += text.bytes }

  @inline(never)
  func put(_ number: Int) { put(decimal(number)) }

  /// `text` as a JSON string.
  @inline(never)
  func putQuoted(_ text: String) {
    bytes.append(0x22)
    let digits = "0123456789abcdef".bytes
    for byte in text.bytes {
      switch byte {
      case 0x22, 0x5C: bytes += [0x5C, byte]
      case 0x0A: put("\\n")
      case 0..<0x20, 0x7F:
        put("\\u00")
        bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }

  /// A member of a JSON object, with the comma that `first` makes needless.
  @inline(never)
  func putMember(_ name: String, _ value: String, first: Bool = false) {
    if !first { put(", ") }
    putQuoted(name)
    put(": ")
    putQuoted(value)
  }

  /// `text` for XML 1.0, in an element or between double quotes; characters that XML cannot have, and
  /// those that a terminal obeys, are left out.
  @inline(never)
  func putEscaped(_ text: String) {
    for byte in printable(text, keeping: 0x0A).bytes {
      switch byte {
      case 0x26: put("&amp;")
      case 0x3C: put("&lt;")
      case 0x3E: put("&gt;")
      case 0x22: put("&quot;")
      default: bytes.append(byte)
      }
    }
  }
}

internal import Digests

/// Strings of JSON whose every byte is kiln's choice: no more is escaped than must be.
public enum JSONText {
  /// The text between its quotes.
  ///
  /// - Parameter ascii: whether letters beyond ASCII are escaped as well, as Python does.
  public static func quoted(_ text: String, ascii: Bool = false) -> String {
    if isPlain(text, ascii: ascii) { return "\"\(text)\"" }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case " "..<"\u{7F}": quoted.unicodeScalars.append(scalar)
      case "\u{7F}"... where !ascii: quoted.unicodeScalars.append(scalar)
      default:
        for unit in String(scalar).utf16 {
          quoted += "\\u" + Hexadecimal.text([UInt8(unit >> 8), UInt8(unit & 0xFF)])
        }
      }
    }
    return quoted + "\""
  }

  /// Whether the text stands between its quotes as it is.
  public static func isPlain(_ text: String, ascii: Bool = false) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && (!ascii || $0 < 0x7F) }
  }
}

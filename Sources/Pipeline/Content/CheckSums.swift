public import Digests

/// What a file for `sha256sum -c` states, in either of its forms and with the line ends of any
/// system.
public struct CheckSums: Hashable, Sendable {
  private struct Line: Hashable {
    let digest: SHA256Digest
    /// As written; empty where the digest stands alone.
    let path: Substring
  }

  private let lines: [Line]

  public init(_ text: String) {
    lines = text.split(whereSeparator: \.isNewline).compactMap(Self.line)
  }

  /// The digest of the file with that name. Where one file alone is listed it is meant whatever it
  /// is called: people rename what they download.
  public func digest(of name: String) -> SHA256Digest? {
    let named = lines.first { $0.path == name[...] || $0.path.hasSuffix("/\(name)") }
    return (named ?? (lines.count == 1 ? lines.first : nil))?.digest
  }

  private static func line(_ text: Substring) -> Line? {
    // A backslash before a line says that the name has escapes.
    let text = text.drop { $0 == "\\" || $0.isWhitespace }
    if text.hasPrefix("SHA256"), let open = text.firstIndex(of: "("),
      let close = text.lastIndex(of: ")"), let sign = text[close...].firstIndex(of: "=")
    {
      // SHA256 (name) = digest
      let hex = text[sign...].dropFirst().filter { !$0.isWhitespace }
      return SHA256Digest(hex: hex).map { Line(digest: $0, path: text[open..<close].dropFirst()) }
    }
    // digest, a blank, and a blank or an asterisk before the name
    let hex = text.prefix { !$0.isWhitespace }
    let path = text[hex.endIndex...].drop(while: \.isWhitespace)
    return SHA256Digest(hex: hex).map { digest in
      Line(digest: digest, path: path.first == "*" ? path.dropFirst() : path)
    }
  }
}

public import Digests

/// Where a wheel came from that was asked for by its place and not by its name: `direct_url.json`.
///
/// Source: the direct URL data structure (PEP 610), as pip writes it.
public struct DirectURL: Hashable, Sendable {
  public let url: String
  public let sha256: SHA256Digest

  public init(url: String, sha256: SHA256Digest) {
    self.url = url
    self.sha256 = sha256
  }

  /// For a file of the recipe's folder: its path there, since the folder itself belongs to the
  /// building machine and must not be in the image.
  public init(recipePath: String, sha256: SHA256Digest) {
    let path = ZipName.components(recipePath).joined(separator: "/")
    self.init(url: "file:///" + Self.escapedPath(path), sha256: sha256)
  }

  /// What Python's `json.dumps` with sorted keys makes of it.
  var json: String {
    "{\"archive_info\": {\"hash\": \"sha256=\(sha256)\", \"hashes\": {\"sha256\": \"\(sha256)\"}}, "
      + "\"url\": \"\(Self.escapedText(url))\"}"
  }

  private static func escapedPath(_ path: String) -> String {
    let plain = Array("/-._~".utf8)
    return path.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(decoding: [byte], as: UTF8.self)
      default:
        plain.contains(byte)
          ? String(decoding: [byte], as: UTF8.self)
          : "%" + Hexadecimal.text([byte]).uppercased()
      }
    }.joined()
  }

  private static func escapedText(_ text: String) -> String {
    text.utf16.map { unit in
      switch unit {
      case 0x22: "\\\""
      case 0x5C: "\\\\"
      case 0x20..<0x7F: String(decoding: [unit], as: UTF16.self)
      default: "\\u" + Hexadecimal.text([UInt8(unit >> 8), UInt8(unit & 0xFF)])
      }
    }.joined()
  }
}

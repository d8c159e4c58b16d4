internal import Digests
internal import FoundationEssentials
internal import Transfers

/// A project's page of a package index: the simple API, as JSON (PEP 691) or HTML (PEP 503).
struct SimplePage: Hashable, Sendable {
  struct File: Hashable, Sendable {
    let name: String
    /// Absolute.
    let url: String
    let sha256: SHA256Digest?
  }

  /// JSON first; an index that knows only HTML answers with that.
  static let accept =
    "Accept: application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
    + "text/html;q=0.1"

  let files: [File]

  /// - Parameter url: where the page is; links are relative to it.
  /// - Returns: nil where the content is no such page.
  init?(_ content: [UInt8], contentType: String?, url: String) {
    let isJSON = contentType?.contains("json") ?? (content.first == UInt8(ascii: "{"))
    let found = isJSON ? Self.json(content, url) : Self.html(content, url)
    guard let found else { return nil }
    files = found
  }

  private struct Document: Decodable {
    struct File: Decodable {
      let filename: String
      let url: String
      let hashes: [String: String]?
    }

    let files: [File]
  }

  private static func json(_ content: [UInt8], _ base: String) -> [File]? {
    guard let page = try? JSONDecoder().decode(Document.self, from: Data(content)) else {
      return nil
    }
    return page.files.compactMap { file in
      TransferURL.resolved(file.url, against: base).map {
        File(
          name: file.filename, url: TransferURL.carryingCredentials($0, of: base),
          sha256: file.hashes?["sha256"].flatMap { SHA256Digest(hex: $0) })
      }
    }
  }

  private static func html(_ content: [UInt8], _ base: String) -> [File]? {
    guard let text = String(validating: content, as: UTF8.self) else { return nil }
    var files: [File] = []
    var rest = Substring(text)
    // Byte by byte: looking for the tag in either case again and again reads all of the page each
    // time.
    while let start = rest.utf8.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[start...].dropFirst()
      guard rest.hasPrefix("a ") || rest.hasPrefix("A ") else { continue }
      rest = rest.dropFirst(2)
      guard let tagEnd = rest.firstIndex(of: ">") else { break }
      let tag = rest[..<tagEnd]
      rest = rest[tagEnd...].dropFirst()
      guard let href = attribute("href", of: tag),
        let url = TransferURL.resolved(href, against: base)
      else { continue }
      let label = rest.prefix { $0 != "<" }
      let trimmed = label.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
      let hash = href.firstRange(of: "#sha256=").map { href[$0.upperBound...].prefix(64) }
      files.append(
        File(
          name: unescaped(trimmed), url: TransferURL.carryingCredentials(url, of: base),
          sha256: hash.flatMap { SHA256Digest(hex: $0) }))
    }
    return files
  }

  private static func attribute(_ name: String, of tag: Substring) -> String? {
    guard let start = tag.firstRange(of: "\(name)=") else { return nil }
    let value = tag[start.upperBound...]
    guard let quote = value.first, quote == "\"" || quote == "'" else {
      return unescaped(value.prefix { !$0.isWhitespace })
    }
    return unescaped(value.dropFirst().prefix { $0 != quote })
  }

  private static func unescaped(_ text: Substring) -> String {
    guard text.contains("&") else { return String(text) }
    var result = String(text)
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#43;", "+"),
      ("&amp;", "&"),
    ] {
      result = result.replacing(entity, with: character)
    }
    return result
  }
}

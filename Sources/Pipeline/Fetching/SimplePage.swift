internal import Content
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

  private static func html(_ content: [UInt8], _ page: String) -> [File]? {
    guard String(validating: content, as: UTF8.self) != nil else { return nil }
    var files: [File] = []
    var base: String?
    for tag in HTMLTags(content) {
      guard let href = tag.attributes["href"],
        let url = TransferURL.resolved(href, against: base ?? page)
      else { continue }
      switch tag.name {
      case "base": base = base ?? url
      case "a":
        let name = fileName(url)
        guard !name.isEmpty else { continue }
        let hash = href.firstRange(of: "#sha256=").map { href[$0.upperBound...].prefix(64) }
        files.append(
          File(
            name: name, url: TransferURL.carryingCredentials(url, of: page),
            sha256: hash.flatMap { SHA256Digest(hex: $0) }))
      default: break
      }
    }
    return files
  }

  /// What the link leads to is called so (PEP 503); its text may be cut short, as a web server's own
  /// listings of folders are.
  private static func fileName(_ url: String) -> String {
    let path = url.prefix { $0 != "?" }
    let start = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    return Percent.decoded(path[start...])
  }
}

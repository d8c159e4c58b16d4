internal import Content
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
    self.init(url: "file:///" + Percent.encoded(path, keeping: "/"), sha256: sha256)
  }

  /// What Python's `json.dumps` with sorted keys makes of it.
  var json: String {
    "{\"archive_info\": {\"hash\": \"sha256=\(sha256)\", \"hashes\": {\"sha256\": \"\(sha256)\"}}, "
      + "\"url\": \(JSONText.quoted(url, ascii: true))}"
  }
}

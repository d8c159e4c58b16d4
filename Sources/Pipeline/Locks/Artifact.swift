public import Content
public import Digests

/// Something that is fetched whole and is known by its digest.
public struct Artifact: Hashable, Codable, Sendable {
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    case package, wheel, base
  }

  public let kind: Kind
  /// The Debian package, the normalised project, or the base's name.
  public let name: String
  public let version: String
  /// nil where it serves every architecture.
  public let architecture: Architecture?
  /// Bytes.
  public let size: Int64
  public let sha256: SHA256Digest
  /// Which of the lock's sources has it.
  public let source: String
  /// Relative to the source's base URL, or to the recipe's folder for the source `recipe`.
  public let path: String

  public init(
    kind: Kind, name: String, version: String, architecture: Architecture?, size: Int64,
    sha256: SHA256Digest, source: String, path: String
  ) {
    self.kind = kind
    self.name = name
    self.version = version
    self.architecture = architecture
    self.size = size
    self.sha256 = sha256
    self.source = source
    self.path = path
  }

  /// The last component of the path.
  public var fileName: String { path.split(separator: "/").last.map(String.init) ?? path }
}

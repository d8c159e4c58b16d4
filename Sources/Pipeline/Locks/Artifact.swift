public import Content
public import Digests
internal import FileSystem

/// Something that is fetched whole and is known by its digest.
public struct Artifact: Hashable, Sendable {
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    case package, wheel, base
    /// A wheel, zip, tarball or `.deb` that files are taken out of: fetched and not installed.
    case archive
  }

  public let kind: Kind
  /// The Debian package, the normalised project, or the file's name of a base or an archive.
  public let name: String
  public let version: String
  /// nil where it serves every architecture.
  public let architecture: Architecture?
  /// Bytes.
  public let size: Int64
  public let sha256: SHA256Digest
  /// Which of the lock's sources has it.
  public let source: String
  /// Relative to the source's base URL, without percent-encoding; for the source `recipe` relative
  /// to the recipe's folder, or the URL that the recipe gives.
  public let path: String
  /// Bytes on the disk once it is unpacked, as its index says; nil where that says nothing.
  public let installedSize: Int64?
  /// Names of the lock's artifacts of the same kind that it needs, in byte order.
  public let dependencies: [String]

  public init(
    kind: Kind, name: String, version: String, architecture: Architecture?, size: Int64,
    sha256: SHA256Digest, source: String, path: String, installedSize: Int64? = nil,
    dependencies: [String] = []
  ) {
    self.kind = kind
    self.name = name
    self.version = version
    self.architecture = architecture
    self.size = size
    self.sha256 = sha256
    self.source = source
    self.path = path
    self.installedSize = installedSize
    self.dependencies = dependencies
  }

  /// Whether the path is of a package index: the project, and the file's name.
  public var isInIndex: Bool { kind == .wheel || (kind == .archive && source != "recipe") }

  /// The last component of the path.
  public var fileName: String { path.pathComponents.last ?? path }
}

extension Artifact: Codable {
  private enum Key: String, CodingKey {
    case kind, name, version, architecture, size, sha256, source, path, installedSize
    case dependencies
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      kind: try container.decode(Kind.self, forKey: .kind),
      name: try container.decode(String.self, forKey: .name),
      version: try container.decode(String.self, forKey: .version),
      architecture: try container.decodeIfPresent(Architecture.self, forKey: .architecture),
      size: try container.decode(Int64.self, forKey: .size),
      sha256: try container.decode(SHA256Digest.self, forKey: .sha256),
      source: try container.decode(String.self, forKey: .source),
      path: try container.decode(String.self, forKey: .path),
      installedSize: try container.decodeIfPresent(Int64.self, forKey: .installedSize),
      dependencies: try container.decodeIfPresent(String.self, forKey: .dependencies)?
        .split(separator: " ").map(String.init) ?? [])
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(name, forKey: .name)
    try container.encode(version, forKey: .version)
    try container.encodeIfPresent(architecture, forKey: .architecture)
    try container.encode(size, forKey: .size)
    try container.encode(sha256, forKey: .sha256)
    try container.encode(source, forKey: .source)
    try container.encode(path, forKey: .path)
    try container.encodeIfPresent(installedSize, forKey: .installedSize)
    // One line for each artifact, so that a lock's difference in version control stays readable.
    if !dependencies.isEmpty {
      try container.encode(dependencies.joined(separator: " "), forKey: .dependencies)
    }
  }
}

public import Digests
public import FileSystem
public import Images

/// What is in an image, from its bytes or from its manifest.
public struct ImageContents: Hashable, Sendable {
  /// Something that was fetched for the image.
  public struct Component: Hashable, Codable, Sendable, Comparable {
    /// `package`, `wheel` or `base`.
    public let kind: String
    public let name: String
    public let version: String

    public static func < (left: Self, right: Self) -> Bool {
      (left.kind, left.name, left.version) < (right.kind, right.name, right.version)
    }
  }

  /// One path.
  public struct Entry: Hashable, Sendable {
    public let kind: TreeEntry.Kind
    /// Four octal digits.
    public let mode: String
    public let owner: Int64
    public let group: Int64
    public let size: Int64
    /// Of a file.
    public let sha256: SHA256Digest?
    /// A symbolic link's text, or the path of a hard link's target.
    public let link: String?
    /// Extended attributes by name, in hexadecimal.
    public let attributes: [String: String]
    /// Seconds since 1970; nil where nobody says it.
    public let modified: Int64?
  }

  /// The name of the file.
  public let file: String
  /// Bytes of the image file.
  public let size: Int64
  /// Of the image file.
  public let sha256: SHA256Digest
  /// What the image's settings are, as far as they are known: its format, flavour, recipe.
  public internal(set) var settings: [String: String] = [:]
  /// Packages and wheels that the image's own databases have; nil of a manifest.
  public internal(set) var installed: [Component]?
  /// What the manifest says was fetched; nil where there is none.
  public internal(set) var fetched: [Component]?
  /// Paths without leading slash, `.` for the root.
  public internal(set) var entries: PathTable<Entry> = [:]
  /// The paths in the order of the archive; empty of a manifest, which does not keep it.
  public internal(set) var order: [String] = []
  /// Of the uncompressed tar stream; nil of a manifest.
  public internal(set) var stream: SHA256Digest?
  /// `wsl.conf` and `wsl-distribution.conf`, each setting by its name; nil of a manifest.
  public internal(set) var configuration: [String: [String: String]]?
  /// Who put each path there: `package bash`, `step locale`. Empty where there is no manifest.
  public internal(set) var origins: PathTable<String> = [:]

  init(file: String, size: Int64, sha256: SHA256Digest) {
    self.file = file
    self.size = size
    self.sha256 = sha256
  }
}

public import Digests

/// The digest of a file system tree: the same for every file format and every order of the files.
///
/// It is SHA-256 over one record a path, in byte order of the paths: path (`.` for the root), kind,
/// mode in octal, uid, gid, size, the content's digest, link and capability in hexadecimal, each
/// ended by a NUL, the record by a line break. Times are not part of it.
public struct TreeDigest: ~Copyable {
  private var hasher = Hasher256()

  public init() {}

  /// - Parameter sha256: of a file's bytes; nil for everything else.
  public mutating func add(_ file: Manifest.File) {
    let fields = [
      file.path, file.kind.rawValue, file.mode, String(file.uid), String(file.gid),
      String(file.size), file.sha256?.hex ?? "", file.link ?? "", file.capability ?? "",
    ]
    hasher.update(Array((fields.joined(separator: "\0") + "\0\n").utf8))
  }

  public consuming func finish() -> SHA256Digest { hasher.finish() }
}

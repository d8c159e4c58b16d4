public import Digests

/// The digest of a file system tree: the same for every file format and every order of the files.
///
/// It is SHA-256 over one record a path, in byte order of the paths: path (`.` for the root), kind,
/// mode in octal, uid, gid, size, the content's digest, link and capability in hexadecimal, each
/// ended by a NUL, the record by a line break. Times are not part of it.
public struct TreeDigest: ~Copyable {
  private var hasher = Hasher256()
  private var record: [UInt8] = []

  public init() {}

  /// - Parameter sha256: of a file's bytes; nil for everything else.
  public mutating func add(_ file: Manifest.File) {
    record.removeAll(keepingCapacity: true)
    add(file.path)
    add(file.kind.rawValue)
    add(file.mode)
    add(String(file.uid))
    add(String(file.gid))
    add(String(file.size))
    record += file.sha256?.hexDigits ?? []
    add("")
    add(file.link ?? "")
    add(file.capability ?? "")
    record.append(UInt8(ascii: "\n"))
    hasher.update(record)
  }

  private mutating func add(_ field: String) {
    record += field.utf8
    record.append(0)
  }

  public consuming func finish() -> SHA256Digest { hasher.finish() }
}

public import Digests
public import FileSystem
public import SystemPackage

/// The SHA-256 of every regular file of a layer, so that an image can be planned without reading
/// them: the file `digests` beside the layer.
///
/// Each record is the digest in hexadecimal, a blank and the path, ended by a NUL, which is all that
/// a path cannot hold.
public struct LayerDigests: Hashable, Sendable {
  /// The file's name in a layer's folder of the store.
  public static let fileName = "digests"

  /// By the path inside the layer.
  public let digests: [String: SHA256Digest]

  /// Reads what ``write(of:known:to:)`` wrote.
  public init(reading file: FilePath) throws(FileError) {
    let bytes = try Files.read(file, limit: 1 << 30)
    var digests: [String: SHA256Digest] = [:]
    for record in bytes.split(separator: 0) {
      guard record.count > 65, let digest = SHA256Digest(hexDigits: record.prefix(64)) else {
        throw FileError(.other, "understand", file)
      }
      digests[String(decoding: record.dropFirst(65), as: UTF8.self)] = digest
    }
    self.digests = digests
  }

  /// Records the digests of every file below `root`.
  ///
  /// - Parameter known: by path, of files that were hashed as they came; the others are read.
  public static func write(
    of root: FilePath, known: [String: SHA256Digest] = [:], to file: FilePath
  ) throws(FileError) {
    var records: [UInt8] = []
    try Files.walk(root) { (path, status) throws(FileError) in
      guard status.kind == .file else { return true }
      let digest: SHA256Digest
      if let known = known[path] {
        digest = known
      } else {
        digest = try FileDigest(of: root.appending(path)).sha256
      }
      records += Array(digest.hex.utf8) + [0x20] + Array(path.utf8) + [0]
      return true
    }
    try Files.write(records, to: file)
  }
}

public import Digests
public import FileSystem
public import SystemPackage

/// What identifies the content of a file.
public struct FileDigest: Hashable, Sendable {
  public let sha256: SHA256Digest
  /// Bytes.
  public let size: Int64

  /// Reads a file of any size, in pieces.
  public init(of path: FilePath) throws(FileError) {
    var hasher = Hasher256()
    var size: Int64 = 0
    try Files.read(path, inPieces: 1 << 20) { (piece) throws(FileError) in
      hasher.update(piece)
      size += Int64(piece.byteCount)
    }
    sha256 = hasher.finish()
    self.size = size
  }
}

internal import Digests
internal import FileSystem
internal import SystemPackage

extension TreeEntry {
  /// Reads a file again and holds it against its digest.
  func verify() throws(ImageError) {
    guard let sha256, try readDigest() == sha256 else { throw ImageError(changed: self) }
  }

  private func readDigest() throws(ImageError) -> SHA256Digest {
    var hasher = Hasher256()
    var count: Int64 = 0
    do throws(FileError) {
      try Files.read(source, inPieces: 1 << 20) { (piece) throws(FileError) in
        hasher.update(piece)
        count += Int64(piece.byteCount)
      }
    } catch {
      throw ImageError(error, origin: origin)
    }
    guard count == size else { throw ImageError(changed: self) }
    return hasher.finish()
  }
}

extension ImageError {
  /// A file that is no longer what the tree says.
  init(changed entry: TreeEntry) {
    self.init(
      .changed, entry.path, origin: entry.origin,
      reason: "its \(entry.size) bytes are others now, or it is shorter")
  }
}

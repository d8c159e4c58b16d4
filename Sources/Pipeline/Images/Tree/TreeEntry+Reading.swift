internal import Concurrency
internal import Digests
internal import FileSystem
internal import SystemPackage

extension [TreeEntry] {
  /// The entries with the digest of every file: those that no layer recorded are read, on `jobs`
  /// cores.
  func hashed(jobs: Int) async throws(ImageError) -> [TreeEntry] {
    let missing = indices.filter { self[$0].kind == .file && self[$0].sha256 == nil }
    let digests = try await missing.mapConcurrently(limit: jobs) {
      (index) throws(ImageError) -> SHA256Digest in
      try Task.refuseIfCancelled()
      return try self[index].readDigest()
    }
    var entries = self
    for (index, digest) in zip(missing, digests) { entries[index].sha256 = digest }
    return entries
  }
}

extension TreeEntry {
  /// Reads a file again and holds it against its digest.
  func verify() throws(ImageError) {
    guard let sha256, try readDigest() == sha256 else { throw ImageError(changed: self) }
  }

  /// The digest of a file, from its bytes.
  fileprivate func readDigest() throws(ImageError) -> SHA256Digest {
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

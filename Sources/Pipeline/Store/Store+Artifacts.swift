internal import Content
public import Digests
internal import FileSystem
public import SystemPackage

extension Store {
  /// The path of an artifact; `download` brings it where the store has none.
  ///
  /// Of several kilns, and several tasks, that want the same digest, one downloads and the others
  /// wait and find it. Bytes reach the store's artifacts only after size and digest are verified.
  /// A `download` that throws, and a kiln that dies, leave what came for the next one.
  ///
  /// - Parameters:
  ///   - size: bytes; nil where only the digest is known.
  ///   - failure: turns the store's own failures into the caller's error.
  ///   - download: appends the bytes; it may verify them itself, to try elsewhere.
  public func admit<Failure: Error>(
    _ digest: SHA256Digest, size: Int64?, failure: (StoreError) -> Failure,
    download: (Admission) async throws(Failure) -> Void
  ) async throws(Failure) -> FilePath {
    if let path = artifact(digest) { return path }
    let partial = root.appending("partial/\(digest.hex)")
    let lock: FileLock
    let admission: Admission
    do throws(FileError) {
      lock = try await exclusive(Self.lockName(digest))
      if let path = artifact(digest) { return path }
      admission = try Admission(digest: digest, size: size, path: partial)
    } catch {
      throw failure(StoreError(error))
    }
    defer { withExtendedLifetime(lock) {} }
    do throws(Failure) { try await download(admission) } catch {
      if admission.offset == 0 { try? Files.removeFile(partial) }
      throw error
    }
    do throws(StoreError) {
      try admission.verify()
      return try publish(partial, as: digest)
    } catch {
      throw failure(error)
    }
  }

  /// Takes a local file into the store: a copy, or a reflink where the file system has them.
  ///
  /// - Parameter expected: what its digest must be; nil takes the file as it is.
  public func admit(
    file: FilePath, expected: SHA256Digest? = nil
  ) async throws(StoreError) -> (digest: SHA256Digest, size: Int64, path: FilePath) {
    try await withScratch(failure: { StoreError($0) }) {
      (scratch) async throws(StoreError) -> (digest: SHA256Digest, size: Int64, path: FilePath) in
      let copy = scratch.appending("file")
      let content: FileDigest
      // The copy is what is hashed: the original may change meanwhile.
      do throws(FileError) {
        try Files.copy(file, to: copy)
        content = try FileDigest(of: copy)
      } catch {
        throw StoreError(error)
      }
      let digest = content.sha256
      if let expected, expected != digest {
        throw StoreError(.digestMismatch, file, expected: expected.hex, actual: digest.hex)
      }
      if let path = artifact(digest) { return (digest, content.size, path) }
      return (digest, content.size, try publish(copy, as: digest))
    }
  }

  /// Takes an artifact of another store, whose bytes are verified: as one more name of the same file
  /// where the file system allows, else as a copy.
  public func link(_ file: FilePath, as digest: SHA256Digest) async throws(StoreError) {
    guard artifact(digest) == nil else { return }
    let target = artifactPath(digest)
    do throws(FileError) {
      try Files.makeDirectories(target.removingLastComponent())
      try Files.makeHardLink(target, to: file)
    } catch {
      if error.code == .exists { return }
      _ = try await admit(file: file, expected: digest)
    }
  }

  /// Bytes of a download that an earlier run left unfinished.
  public func partialSize(_ digest: SHA256Digest) -> Int64 {
    let status = try? Files.status(root.appending("partial/\(digest.hex)"))
    return status?.size ?? 0
  }

  static func lockName(_ digest: SHA256Digest) -> String { "artifact-\(digest.hex)" }

  private func publish(_ file: FilePath, as digest: SHA256Digest) throws(StoreError) -> FilePath {
    let target = artifactPath(digest)
    do throws(FileError) {
      try Files.makeDirectories(target.removingLastComponent())
      try Files.setPermissions(0o644, of: file)
      try Files.touch(file)
      try Files.synchronize(file)
      try Files.rename(file, to: target)
      try Files.synchronize(target.removingLastComponent())
    } catch {
      throw StoreError(error)
    }
    return target
  }
}

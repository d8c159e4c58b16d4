public import Digests
public import FileSystem
public import SystemPackage

extension Store {
  /// A finished result of the store.
  public struct Result: Hashable, Sendable {
    public let path: FilePath
    /// Whether it was there already.
    public let reused: Bool
  }

  /// The folder of a result; `make` fills a new one where the store has none.
  ///
  /// Of several kilns, and several tasks, that want the same key, one works and the others wait.
  /// A `make` that throws leaves nothing behind. What is found is whole after a loss of power too.
  ///
  /// - Parameters:
  ///   - key: over everything that `make` reads.
  ///   - failure: turns the store's own failures into the caller's error.
  ///   - make: gets an empty folder on the store's file system, that is published afterwards.
  public func result<Failure: Error>(
    _ kind: ResultKind, key: SHA256Digest, failure: (FileError) -> Failure,
    make: (FilePath) async throws(Failure) -> Void
  ) async throws(Failure) -> Result {
    if let path = result(kind, key: key) { return Result(path: path, reused: true) }
    let lock: FileLock
    do throws(FileError) { lock = try await exclusive("\(kind.rawValue)-\(key.hex)") } catch {
      throw failure(error)
    }
    defer { withExtendedLifetime(lock) {} }
    if let path = result(kind, key: key) { return Result(path: path, reused: true) }
    return try await withScratch(failure: failure) { (scratch) async throws(Failure) -> Result in
      let folder = scratch.appending("result")
      let target = resultPath(kind, key)
      do throws(FileError) { try Files.makeDirectory(folder) } catch { throw failure(error) }
      try await make(folder)
      do throws(FileError) {
        try Files.makeDirectories(target.removingLastComponent())
        try await session.disk.run()
        try Files.touch(folder)
        try Files.rename(folder, to: target)
        try Files.synchronize(target.removingLastComponent())
      } catch {
        throw failure(error)
      }
      return Result(path: target, reused: false)
    }
  }

  /// The folder of an artifact's unpacked content; as ``result(_:key:failure:make:)``.
  ///
  /// - Parameter version: of the form that `make` gives it: another one is another result.
  public func unpacked<Failure: Error>(
    _ kind: ResultKind, _ version: Int, from artifact: SHA256Digest,
    failure: (FileError) -> Failure, make: (FilePath) async throws(Failure) -> Void
  ) async throws(Failure) -> Result {
    try await result(
      kind, key: Self.unpackedKey(kind, version, artifact), failure: failure, make: make)
  }

  /// Whether the store has an artifact's unpacked content.
  public func hasUnpacked(_ kind: ResultKind, _ version: Int, from artifact: SHA256Digest) -> Bool {
    result(kind, key: Self.unpackedKey(kind, version, artifact)) != nil
  }

  private static func unpackedKey(
    _ kind: ResultKind, _ version: Int, _ artifact: SHA256Digest
  ) -> SHA256Digest {
    SHA256Digest(ofText: "\(kind.rawValue) \(version) \(artifact.hex)")
  }

  /// Runs `body` with an empty folder on the store's file system, removed afterwards whatever
  /// happens; should kiln be killed, the next one removes it.
  public func withScratch<Value, Failure: Error>(
    failure: (FileError) -> Failure, _ body: (FilePath) async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let folder = session.scratch()
    do throws(FileError) { try Files.makeDirectory(folder) } catch { throw failure(error) }
    defer { try? Files.removeTree(folder) }
    return try await body(folder)
  }
}

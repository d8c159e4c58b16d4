public import Digests
internal import FileSystem
internal import Synchronization
internal import SystemPackage

/// A download on its way into the store, at most one for a digest in all kilns.
///
/// It takes bytes from any thread, one call at a time, never more than the declared size, and
/// hashes them as they come. What it holds survives a cut download: the next admission of the same
/// digest begins at ``offset``.
public final class Admission: Sendable {
  private struct State: ~Copyable {
    var hasher = Hasher256()
    var offset: Int64 = 0
    var isVerified = false
  }

  public let digest: SHA256Digest
  /// Bytes, where they are known.
  public let size: Int64?
  private let path: FilePath
  private let file: WritableFile
  private let state: Mutex<State>

  /// Opens the bytes that an earlier download left at `path`, if any, and hashes them.
  init(digest: SHA256Digest, size: Int64?, path: FilePath) throws(FileError) {
    self.digest = digest
    self.size = size
    self.path = path
    file = try WritableFile(extending: path)
    state = Mutex(State())
    try state.withLock { (state) throws(FileError) in
      try Files.read(path, inPieces: 1 << 20) { (piece) throws(FileError) in
        state.hasher.update(piece)
        state.offset += Int64(piece.byteCount)
      }
      if let size, state.offset > size { try rewind(&state) }
    }
  }

  /// How many bytes are there.
  public var offset: Int64 { state.withLock { $0.offset } }

  /// Says where in the file the next bytes belong: ``offset``, or 0 to begin again.
  public func begin(at offset: Int64) throws(StoreError) {
    try state.withLock { (state) throws(StoreError) in
      if offset == state.offset { return }
      guard offset == 0 else {
        throw StoreError(
          .sizeMismatch, path, expected: "bytes from \(state.offset)", actual: "from \(offset)")
      }
      do throws(FileError) { try rewind(&state) } catch { throw StoreError(error) }
    }
  }

  /// Takes the next bytes.
  public func append(_ bytes: RawSpan) throws(StoreError) {
    try state.withLock { (state) throws(StoreError) in
      let end = state.offset + Int64(bytes.byteCount)
      if let size, end > size {
        throw StoreError(
          .sizeMismatch, path, expected: "\(size) bytes", actual: "more than that")
      }
      do throws(FileError) { try file.write(bytes) } catch { throw StoreError(error) }
      state.hasher.update(bytes)
      state.offset = end
    }
  }

  /// Holds what came against size and digest; after a mismatch of the digest nothing is left.
  public func verify() throws(StoreError) {
    try state.withLock { (state) throws(StoreError) in
      if let size, state.offset != size {
        throw StoreError(
          .sizeMismatch, path, expected: "\(size) bytes", actual: "\(state.offset) bytes")
      }
      if state.isVerified { return }
      var hasher = Hasher256()
      swap(&hasher, &state.hasher)
      let actual = hasher.finish()
      if actual == digest {
        state.isVerified = true
        return
      }
      do throws(FileError) { try rewind(&state) } catch { throw StoreError(error) }
      throw StoreError(.digestMismatch, path, expected: digest.hex, actual: actual.hex)
    }
  }

  private func rewind(_ state: inout State) throws(FileError) {
    try file.clear()
    state = State()
  }
}

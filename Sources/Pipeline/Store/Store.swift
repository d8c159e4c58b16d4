internal import Concurrency
public import Digests
internal import FileSystem
public import SystemPackage

/// The content-addressed cache: artifacts by their SHA-256, results of work by the key of all that
/// they were made from.
///
/// Several kilns use one store at once. Everything appears by a rename, so whatever is found is
/// whole; what a killed kiln left lies in `work/` and is removed by the next one.
///
///     artifacts/ab/cdef…          downloads, verified
///     partial/abcdef…             downloads that were cut short, for the next one to go on with
///     results/<kind>/ab/cdef…/    folders made by ``result(_:key:failure:make:)``
///     apt/abcdef…/                indexes that apt brings up to date, and
///     uv/                         uv's cache: folders that are changed in place
///     locks/                      one lock file per key, single-flight across processes
///     sessions/<random>           one locked file per open store
///     logs/                       all that a program printed that failed
///     work/<session>/             scratch of running kilns, on the same file system
///
/// The modification time of an artifact or of a result's folder says when it was last used. Every
/// look-up renews a time that is older than the opening of the store, so ``gc(olderThan:downTo:)``
/// knows what a living kiln may hold: whatever was used since the oldest of them began.
public struct Store: Sendable {
  /// What a result folder holds; also the name of its folder in the store.
  public enum ResultKind: String, Hashable, Sendable, CaseIterable {
    /// One unpacked `.deb`: `tree/`, `control/`, `listing`.
    case package
    /// One unpacked wheel: `tree/`, `listing`.
    case wheel
    /// A merged root of unpacked packages, before configuration.
    case pristine
    /// An overlay layer: `upper/`, `listing`.
    case layer
    /// One file of an archive: `file`, and its digest.
    case member
    /// Which packages a configured layer has: `set`, and its digest.
    case configured
    /// What a program wrote that a maintainer script called: `output`, a tar archive, and its digest.
    case call
    /// A wheel's modules, compiled: `upper/`, `listing`.
    case byteCode = "byte-code"
    /// A virtual environment without wheels: `upper/`, `listing`.
    case environment
    /// A part of an image, compressed: `data`, `index`, and their digests.
    case segment
    /// The digest of an image that was put together from segments: `sha256`, and its own.
    case assembly
    /// What is known of an image that stands where it was written: `facts`, and their digest.
    case standing
    /// What the hash of images that begin alike has come to: `state`, and its digest.
    case beginning

    /// What every result of the kind has.
    var parts: Set<String> {
      switch self {
      case .package: ["tree", "control", "listing"]
      case .member: ["file"]
      case .byteCode, .environment: ["upper", "listing"]
      case .segment: ["data", "data.sha256", "index", "index.sha256"]
      case .standing: ["facts", "facts.sha256"]
      case .beginning: ["state", "state.sha256"]
      // Older kilns' have less, and are no damage.
      case .wheel, .pristine, .layer, .call, .configured, .assembly: []
      }
    }
  }

  public let root: FilePath
  let session: StoreSession

  /// Opens the store at `root`, making it where it is absent, and removes what dead kilns left.
  public init(root: FilePath) throws(StoreError) {
    self.root = root
    do throws(FileError) {
      if let kind = try Files.status(root)?.kind, kind != .directory, kind != .symlink {
        throw FileError(.other, "open the store", root, cause: .notDirectory)
      }
      for folder in ["artifacts", "partial", "results", "apt", "locks", "sessions", "work"] {
        try Self.makePrivate(root.appending(folder))
      }
      session = try StoreSession.open(root)
    } catch {
      throw error.cause == .notDirectory
        ? StoreError(.notADirectory, root, cause: error) : StoreError(error)
    }
  }

  /// A folder that nobody else gets into, nor into those above that are made for it: the trees of
  /// unpacked packages have setuid programs, as the image will, and an old one would be a hole in
  /// the building machine. One that an older kiln left open is closed.
  private static func makePrivate(_ folder: FilePath) throws(FileError) {
    try Files.makeDirectories(folder, permissions: 0o700)
    if let status = try Files.status(folder), status.kind == .directory,
      status.permissions & 0o077 != 0
    {
      try Files.setPermissions(0o700, of: folder)
    }
  }

  /// The path of a verified artifact, or nil where the store has none.
  public func artifact(_ digest: SHA256Digest) -> FilePath? { use(artifactPath(digest)) }

  func artifactPath(_ digest: SHA256Digest) -> FilePath {
    root.appending("artifacts/\(shard(digest))")
  }

  /// The folder of a finished result, or nil where the store has none.
  public func result(_ kind: ResultKind, key: SHA256Digest) -> FilePath? {
    use(resultPath(kind, key))
  }

  func resultPath(_ kind: ResultKind, _ key: SHA256Digest) -> FilePath {
    root.appending("results/\(kind.rawValue)/\(shard(key))")
  }

  private func shard(_ digest: SHA256Digest) -> String {
    "\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))"
  }

  /// Marks what stands at `path` as used; nil where nothing does.
  private func use(_ path: FilePath) -> FilePath? {
    guard let status = try? Files.status(path) else { return nil }
    if status.modified >= session.start { return path }
    // Shared with other look-ups, exclusive with a removal: the mark is there before the collector
    // looks, or the object is gone before it is found.
    let gate = try? FileLock.take(removalGate, .shared)
    defer { withExtendedLifetime(gate) {} }
    do throws(FileError) { try Files.touch(path) } catch {
      // Where the store cannot be written to, nobody can collect either.
      return error.code == .notFound ? nil : path
    }
    return path
  }

  var locks: FilePath { root.appending("locks") }
  var removalGate: FilePath { locks.appending(Self.gates.removal) }

  /// The locks that are always there, beside those of single keys.
  static let gates = (removal: "removal", sessions: "sessions")

  /// Waits for the lock of that name, which at most one task of all kilns holds.
  func exclusive(_ name: String) async throws(FileError) -> FileLock {
    try await lock(name, .exclusive)
  }

  func lock(_ name: String, _ mode: FileLock.Mode) async throws(FileError) -> FileLock {
    let path = locks.appending(name)
    var milliseconds = 5
    while true {
      if let lock = try FileLock.attempt(path, mode) { return lock }
      guard !Task.isCancelled else {
        throw FileError(.other, "wait for", path, cause: .interrupted)
      }
      await pause(milliseconds: milliseconds)
      milliseconds = min(milliseconds * 2, 100)
    }
  }
}

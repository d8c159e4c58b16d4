public import Digests
public import FileSystem
public import SystemPackage

/// The content-addressed cache: artifacts by their SHA-256, results of work by the key of all that
/// they were made from.
///
/// Several kilns use one store at once. Everything appears by a rename, so whatever is found is
/// whole; what a killed kiln left lies in `work/` and is removed by the next one.
///
///     artifacts/ab/cdef…          downloads, verified
///     results/<kind>/ab/cdef…/    folders made by ``result(_:key:make:)``
///     locks/                      one lock file per key, single-flight across processes
///     work/<pid>-<random>/        scratch of running kilns, on the same file system
public struct Store: Sendable {
  /// What a result folder holds; also the name of its folder in the store.
  public enum ResultKind: String, Hashable, Sendable, CaseIterable {
    /// One unpacked `.deb`: `tree/`, `control/`, `listing.json`.
    case package
    /// One unpacked wheel: `tree/`, `listing.json`.
    case wheel
    /// A merged root of unpacked packages, before configuration.
    case pristine
    /// An overlay layer: `upper/`.
    case layer
  }

  public let root: FilePath

  /// Opens the store at `root`, making it where it is absent.
  public init(root: FilePath) throws(FileError) {
    self.root = root
    for folder in ["artifacts", "results", "locks", "work"] {
      try Files.makeDirectories(root.appending(folder))
    }
  }

  /// The path of a verified artifact, or nil where the store has none.
  public func artifact(_ digest: SHA256Digest) -> FilePath? {
    let path = artifactPath(digest)
    return Files.exists(path) ? path : nil
  }

  func artifactPath(_ digest: SHA256Digest) -> FilePath {
    root.appending("artifacts").appending(shard(digest))
  }

  /// The folder of a finished result, or nil where the store has none.
  public func result(_ kind: ResultKind, key: SHA256Digest) -> FilePath? {
    let path = resultPath(kind, key)
    return Files.exists(path) ? path : nil
  }

  func resultPath(_ kind: ResultKind, _ key: SHA256Digest) -> FilePath {
    root.appending("results").appending(kind.rawValue).appending(shard(key))
  }

  private func shard(_ digest: SHA256Digest) -> String {
    "\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))"
  }
}

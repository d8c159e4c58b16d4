public import Digests
public import FileSystem
public import SystemPackage

extension Store {
  /// What tools keep from one run to the next and change in place.
  public enum Folder: Hashable, Sendable {
    /// A private root of apt, by all that its indexes depend on.
    case apt(SHA256Digest)
    /// uv's cache; uv itself keeps its processes apart.
    case uv

    /// Relative to the store.
    var path: String {
      switch self {
      case .apt(let key): "apt/\(key.hex)"
      case .uv: "uv"
      }
    }

    var lockName: String {
      switch self {
      case .apt(let key): "apt-\(key.hex)"
      case .uv: "uv"
      }
    }
  }

  /// A folder that nobody collects while the value lives.
  public struct HeldFolder: Sendable {
    public let path: FilePath
    let lock: FileLock
  }

  /// Makes or reopens a folder; one of apt is the caller's alone until the value goes.
  public func hold(_ folder: Folder) async throws(FileError) -> HeldFolder {
    let lock = try await lock(folder.lockName, folder == .uv ? .shared : .exclusive)
    let path = root.appending(folder.path)
    try Files.makeDirectories(path, permissions: 0o700)
    try Files.touch(path)
    return HeldFolder(path: path, lock: lock)
  }

  /// An empty folder of this run alone, which goes with the value.
  public final class ScratchFolder: Sendable {
    public let path: FilePath

    init(_ path: FilePath) { self.path = path }

    deinit { try? Files.removeTree(path) }
  }

  public func scratchFolder() throws(FileError) -> ScratchFolder {
    let path = session.scratch()
    try Files.makeDirectory(path, permissions: 0o700)
    return ScratchFolder(path)
  }
}

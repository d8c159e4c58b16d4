internal import CLinux
public import SystemPackage

/// An advisory lock between processes, held while the value lives and freed by the kernel when the
/// process dies.
///
/// Only who holds a lock exclusively may remove its file (``removeFile()``): those who opened it
/// before then notice that it is gone, and lock the next one.
public final class FileLock: Sendable {
  public enum Mode: Sendable { case shared, exclusive }

  private let path: FilePath
  private let descriptor: FileDescriptor

  private init(holding descriptor: FileDescriptor, at path: FilePath) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Takes the lock if nobody else holds it; the file is made where it is absent.
  ///
  /// - Returns: nil where another holds it.
  public static func attempt(_ path: FilePath, _ mode: Mode) throws(FileError) -> FileLock? {
    try lock(path, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB)
  }

  /// Takes the lock, blocking the thread until it is free: for critical sections of a few calls.
  public static func take(_ path: FilePath, _ mode: Mode) throws(FileError) -> FileLock {
    while true {
      if let lock = try lock(path, mode == .shared ? LOCK_SH : LOCK_EX) { return lock }
    }
  }

  /// Removes the file of a lock that is held exclusively.
  public func removeFile() throws(FileError) { try Files.removeFile(path) }

  private static func lock(_ path: FilePath, _ operation: Int32) throws(FileError) -> FileLock? {
    while true {
      let lock = FileLock(
        holding: try Files.open(path, .readWrite, [.create, .noFollow], for: "lock"), at: path)
      guard flock(lock.descriptor.rawValue, operation) == 0 else {
        let failure = lastError("lock", path)
        switch failure.cause {
        case .interrupted?: continue
        case .wouldBlock?: return nil
        default: throw failure
        }
      }
      if try lock.isOfStandingFile { return lock }
    }
  }

  private var isOfStandingFile: Bool {
    get throws(FileError) {
      guard let own = try Files.status(of: descriptor, at: path),
        let standing = try Files.status(path)
      else { return false }
      return own.device == standing.device && own.inode == standing.inode
    }
  }

  deinit { try? descriptor.close() }
}

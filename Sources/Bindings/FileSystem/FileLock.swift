internal import CLinux
public import SystemPackage

/// An advisory lock between processes, held while the value lives and freed by the kernel when the
/// process dies.
public final class FileLock: Sendable {
  public enum Mode: Sendable { case shared, exclusive }

  private let descriptor: FileDescriptor

  private init(holding descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// Takes the lock if nobody else holds it; the file is made where it is absent.
  ///
  /// - Returns: nil where another holds it.
  public static func attempt(_ path: FilePath, _ mode: Mode) throws(FileError) -> FileLock? {
    let descriptor = try Files.open(path, .readWrite, .create, for: "lock")
    if flock(descriptor.rawValue, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 {
      return FileLock(holding: descriptor)
    }
    let failure = lastError("lock", path)
    try? descriptor.close()
    guard failure.cause == .wouldBlock else { throw failure }
    return nil
  }

  /// Takes the lock, blocking the thread until it is free: for critical sections of a few calls.
  public static func take(_ path: FilePath, _ mode: Mode) throws(FileError) -> FileLock {
    let descriptor = try Files.open(path, .readWrite, .create, for: "lock")
    while flock(descriptor.rawValue, mode == .shared ? LOCK_SH : LOCK_EX) != 0 {
      let failure = lastError("lock", path)
      if failure.cause == .interrupted { continue }
      try? descriptor.close()
      throw failure
    }
    return FileLock(holding: descriptor)
  }

  deinit { try? descriptor.close() }
}

internal import CLinux
public import SystemPackage

/// A file that appears whole or not at all: written beside its target, renamed over it at the end.
///
/// ``publish()`` is success; letting the value go without it removes what was written. What a killed
/// process left is removed when the next one writes the same file: a lock tells the two apart.
public struct AtomicFile: ~Copyable {
  public let target: FilePath
  private let temporary: FilePath
  private let descriptor: FileDescriptor
  /// Held while someone writes; nil where the file system has no locks.
  private let lock: FileLock?

  private init(
    target: FilePath, temporary: FilePath, descriptor: FileDescriptor, lock: FileLock?
  ) {
    self.target = target
    self.temporary = temporary
    self.descriptor = descriptor
    self.lock = lock
  }

  /// Starts a file that will stand at `target`, with `permissions`.
  public static func create(
    _ target: FilePath, permissions: UInt16 = 0o644
  ) throws(FileError) -> AtomicFile {
    let folder = target.removingLastComponent()
    let prefix = prefix(target)
    removeAbandoned(in: folder, prefix)
    while true {
      let suffix = "\(getpid())-\(UInt32.random(in: .min ... .max))"
      let temporary = folder.appending(prefix + suffix + ending)
      let descriptor: FileDescriptor
      do throws(FileError) {
        descriptor = try Files.open(
          temporary, .readWrite, [.create, .exclusiveCreate], permissions, for: "create")
      } catch {
        // Nobody knows the temporary name, and it is gone when someone looks for it.
        throw FileError(error.code, error.operation, target, cause: error.cause)
      }
      do throws(FileError) {
        let claim = try claim(temporary, descriptor)
        if case .lost = claim {
          try? descriptor.close()
          continue
        }
        guard fchmod(descriptor.rawValue, mode_t(permissions)) == 0 else {
          throw lastError("change the mode of", temporary)
        }
        return AtomicFile(
          target: target, temporary: temporary, descriptor: descriptor, lock: claim.lock)
      } catch {
        try? descriptor.close()
        try? Files.removeFile(temporary)
        throw error
      }
    }
  }

  private static let ending = ".part"

  private static func prefix(_ target: FilePath) -> String {
    ".\(target.lastComponent?.string ?? "")."
  }

  private enum Claim {
    case locked(FileLock)
    /// The file system has no locks.
    case unlockable
    /// Another process took the file for an abandoned one in the moment before it was locked.
    case lost

    var lock: FileLock? { if case .locked(let lock) = self { lock } else { nil } }
  }

  /// Locks a new file.
  private static func claim(
    _ path: FilePath, _ descriptor: FileDescriptor
  ) throws(FileError) -> Claim {
    let lock: FileLock
    do throws(FileError) {
      guard let taken = try FileLock.attempt(path, .exclusive) else { return .lost }
      lock = taken
    } catch {
      return .unlockable
    }
    guard let own = try Files.status(of: descriptor, at: path),
      let standing = try Files.status(path), own.inode == standing.inode
    else {
      try? lock.removeFile()
      return .lost
    }
    return .locked(lock)
  }

  /// Removes what killed processes left of files that were to stand at `target`.
  public static func removeAbandoned(beside target: FilePath) {
    removeAbandoned(in: target.removingLastComponent(), prefix(target))
  }

  private static func removeAbandoned(in folder: FilePath, _ prefix: String) {
    let names = (try? Files.entries(folder.isEmpty ? "." : folder)) ?? []
    for name in names where name.hasPrefix(prefix) && name.hasSuffix(ending) {
      let lock = try? FileLock.attempt(folder.appending(name), .exclusive)
      try? lock?.removeFile()
    }
  }

  public mutating func write(_ bytes: [UInt8]) throws(FileError) {
    do {
      try descriptor.writeAll(bytes)
    } catch {
      throw fileError(error, "write", target)
    }
  }

  public mutating func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

  /// Appends a part of another file, inside the kernel where it can.
  ///
  /// - Throws: also where the other file ends before the range does.
  public mutating func append(
    _ range: Range<Int64>, of source: FilePath
  ) throws(FileError) {
    let input = try ReadableFile(source)
    let count = try Files.copy(input, range, to: descriptor, at: target)
    guard count == Int64(range.count) else {
      throw FileError(.damaged, "read", source)
    }
  }

  /// Puts the bytes on the disk and the file in its place.
  public consuming func publish() throws(FileError) {
    guard fsync(descriptor.rawValue) == 0 else { throw lastError("write", target) }
    try Files.rename(temporary, to: target)
    let folder = target.removingLastComponent()
    try Files.synchronize(folder.isEmpty ? "." : folder)
  }

  deinit {
    // After a successful rename the temporary name is gone, and the removal finds nothing.
    try? Files.removeFile(temporary)
    try? descriptor.close()
    withExtendedLifetime(lock) {}
  }
}

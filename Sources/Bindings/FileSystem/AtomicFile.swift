internal import CLinux
public import SystemPackage

/// A file that appears whole or not at all: written beside its target, renamed over it at the end.
///
/// ``publish()`` is success; letting the value go without it removes what was written. What a killed
/// process left beside the target is removed by the next one that writes there.
public struct AtomicFile: ~Copyable {
  public let target: FilePath
  private let temporary: FilePath
  private let descriptor: FileDescriptor
  /// Says that the owner of ``temporary`` lives; nil on a file system without locks, where nobody
  /// can find that it does not.
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
    removeAbandoned(target)
    while true {
      let temporary = temporary(target)
      let lock: FileLock?
      do throws(FileError) {
        lock = try FileLock.attempt(temporary, .exclusive)
        // Another writer is just looking whether this one is abandoned.
        if lock == nil { continue }
      } catch {
        guard error.cause == .notSupported || error.cause == .noLocks else { throw error }
        lock = nil
      }
      let file = AtomicFile(
        target: target, temporary: temporary,
        descriptor: try Files.open(temporary, .readWrite, for: "create"), lock: lock)
      try Files.setPermissions(permissions, of: temporary)
      return file
    }
  }

  private static func temporary(_ target: FilePath) -> FilePath {
    let name = target.lastComponent?.string ?? ""
    let number = UInt64.random(in: .min ... .max)
    return target.removingLastComponent().appending(".\(name).\(getpid())-\(number).part")
  }

  private static func removeAbandoned(_ target: FilePath) {
    let folder = target.removingLastComponent()
    let start = ".\(target.lastComponent?.string ?? "")."
    for path in (try? Files.children(folder.isEmpty ? "." : folder)) ?? [] {
      let name = path.lastComponent?.string ?? ""
      guard name.hasPrefix(start), name.hasSuffix(".part") else { continue }
      let numbers = name.dropFirst(start.count).dropLast(5).split(
        separator: "-", omittingEmptySubsequences: false)
      guard numbers.count == 2, numbers.allSatisfy({ UInt64($0) != nil }) else { continue }
      try? FileLock.attempt(path, .exclusive)?.removeFile()
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

  /// The descriptor of the unpublished file, for callers that read back or copy within the kernel.
  public var unpublished: FileDescriptor { descriptor }

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
  }
}

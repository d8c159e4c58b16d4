internal import CLinux
public import SystemPackage

/// A file that appears whole or not at all: written beside its target, renamed over it at the end.
///
/// ``publish()`` is success; letting the value go without it removes what was written.
public struct AtomicFile: ~Copyable {
  public let target: FilePath
  private let temporary: FilePath
  private let descriptor: FileDescriptor

  private init(target: FilePath, temporary: FilePath, descriptor: FileDescriptor) {
    self.target = target
    self.temporary = temporary
    self.descriptor = descriptor
  }

  /// Starts a file that will stand at `target`, with `permissions`.
  public static func create(
    _ target: FilePath, permissions: UInt16 = 0o644
  ) throws(FileError) -> AtomicFile {
    let name = target.lastComponent?.string ?? ""
    let suffix = "\(getpid())-\(UInt32.random(in: .min ... .max))"
    let temporary = target.removingLastComponent().appending(".\(name).\(suffix).part")
    let file = AtomicFile(
      target: target, temporary: temporary,
      descriptor: try Files.open(
        temporary, .readWrite, [.create, .exclusiveCreate], permissions, for: "create"))
    try Files.setPermissions(permissions, of: temporary)
    return file
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
    guard try Files.copy(source, range, to: descriptor, at: target) == Int64(range.count) else {
      throw FileError(.other, "read", source, cause: .ioError)
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
  }
}

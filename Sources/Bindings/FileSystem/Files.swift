internal import CLinux
public import SystemPackage

/// The file system, one call each, with typed errors that name the path.
public enum Files {
  /// The bytes of a file.
  ///
  /// - Parameter limit: more bytes than this are ``FileError/Code/tooLarge``.
  public static func read(_ path: FilePath, limit: Int = 256 << 20) throws(FileError) -> [UInt8] {
    var content: [UInt8] = []
    try read(path, inPieces: 1 << 17) { (piece) throws(FileError) in
      guard content.count + piece.byteCount <= limit else {
        throw FileError(.tooLarge, "read", path)
      }
      unsafe piece.withUnsafeBytes { unsafe content.append(contentsOf: $0) }
    }
    return content
  }

  /// Reads a file of any size from its beginning to its end.
  ///
  /// - Parameters:
  ///   - size: of the largest piece, in bytes.
  ///   - take: gets the pieces in order.
  public static func read(
    _ path: FilePath, inPieces size: Int, take: (RawSpan) throws(FileError) -> Void
  ) throws(FileError) {
    _ = try readSome(path, 0..<Int64.max, inPieces: size, take: take)
  }

  /// Reads a part of a file, which must have it all.
  public static func read(
    _ path: FilePath, _ range: Range<Int64>, inPieces size: Int,
    take: (RawSpan) throws(FileError) -> Void
  ) throws(FileError) {
    guard try readSome(path, range, inPieces: size, take: take) == Int64(range.count) else {
      throw FileError(.damaged, "read", path)
    }
  }

  /// - Returns: how many bytes of the range there were.
  private static func readSome(
    _ path: FilePath, _ range: Range<Int64>, inPieces size: Int,
    take: (RawSpan) throws(FileError) -> Void
  ) throws(FileError) -> Int64 {
    let file = try ReadableFile(path)
    var buffer = [UInt8](repeating: 0, count: size)
    var done: Int64 = 0
    do {
      if range.lowerBound > 0 { try file.descriptor.seek(offset: range.lowerBound, from: .start) }
    } catch { throw fileError(error, "read", path) }
    while done < Int64(range.count) {
      let wanted = Int(min(Int64(size), Int64(range.count) - done))
      let count: Int
      do {
        count = try unsafe buffer.withUnsafeMutableBytes {
          try unsafe file.descriptor.read(
            into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
        }
      } catch {
        throw fileError(error, "read", path)
      }
      if count == 0 { break }
      try unsafe take(buffer.span.bytes.extracting(first: count))
      done += Int64(count)
    }
    return done
  }

  /// The text of a UTF-8 file.
  public static func readText(_ path: FilePath, limit: Int = 64 << 20) throws(FileError) -> String {
    guard let text = String(validating: try read(path, limit: limit), as: UTF8.self) else {
      throw FileError(.notUTF8, "read", path)
    }
    return text
  }

  /// Writes a new file as ``WritableFile/init(replacing:permissions:)``. For what others may read
  /// meanwhile use ``AtomicFile``.
  public static func write(
    _ content: some Sequence<UInt8>, to path: FilePath, permissions: UInt16 = 0o644
  ) throws(FileError) {
    let file = try WritableFile(replacing: path, permissions: permissions)
    try file.write(Array(content))
    try file.setPermissions(permissions)
  }

  public static func write(
    _ text: String, to path: FilePath, permissions: UInt16 = 0o644
  ) throws(FileError) {
    try write(text.utf8, to: path, permissions: permissions)
  }

  static func open(
    _ path: FilePath, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions = [],
    _ permissions: UInt16 = 0o644, for operation: String
  ) throws(FileError) -> FileDescriptor {
    do {
      return try FileDescriptor.open(
        path, mode, options: options.union(.closeOnExec),
        permissions: FilePermissions(rawValue: CModeT(permissions)))
    } catch {
      throw fileError(error, operation, path)
    }
  }
}

/// The typed form of what swift-system threw.
func fileError(_ error: any Error, _ operation: String, _ path: FilePath) -> FileError {
  if let failure = error as? FileError { return failure }
  guard let errno = error as? Errno else { return FileError(.other, operation, path) }
  return FileError(operation, path, errno: errno)
}

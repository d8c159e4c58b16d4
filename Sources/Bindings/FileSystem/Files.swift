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
    let file = try open(path, .readOnly, for: "read")
    defer { try? file.close() }
    var buffer = [UInt8](repeating: 0, count: size)
    var done: Int64 = 0
    do {
      if range.lowerBound > 0 { try file.seek(offset: range.lowerBound, from: .start) }
    } catch { throw fileError(error, "read", path) }
    while done < Int64(range.count) {
      let wanted = Int(min(Int64(size), Int64(range.count) - done))
      let count: Int
      do {
        count = try unsafe buffer.withUnsafeMutableBytes {
          try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
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

  /// Writes a new file, in the place of one or of a link that stands there: neither is written through,
  /// since a file may have another name in the store. For what others may read meanwhile use
  /// ``AtomicFile``.
  public static func write(
    _ content: some Sequence<UInt8>, to path: FilePath, permissions: UInt16 = 0o644
  ) throws(FileError) {
    let file = try create(path, permissions)
    defer { try? file.close() }
    do { try file.writeAll(Array(content)) } catch { throw fileError(error, "write", path) }
    try setPermissions(permissions, of: file, at: path)
  }

  /// Opens a new file for writing, in the place of a file or link that stands there.
  static func create(
    _ path: FilePath, _ permissions: UInt16
  ) throws(FileError) -> FileDescriptor {
    while true {
      do throws(FileError) {
        return try open(
          path, .writeOnly, [.create, .exclusiveCreate], permissions, for: "write")
      } catch {
        guard error.cause == .fileExists else { throw error }
      }
      do throws(FileError) { try removeFile(path) } catch {
        if error.cause != .noSuchFileOrDirectory {
          throw FileError(error.code, "write", path, cause: error.cause)
        }
      }
    }
  }

  /// Without the umask.
  static func setPermissions(
    _ permissions: UInt16, of file: FileDescriptor, at path: FilePath
  ) throws(FileError) {
    guard fchmod(file.rawValue, mode_t(permissions)) == 0 else {
      throw lastError("change the mode of", path)
    }
  }

  public static func write(
    _ text: String, to path: FilePath, permissions: UInt16 = 0o644
  ) throws(FileError) {
    try write(text.utf8, to: path, permissions: permissions)
  }

  public static func open(
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

internal import CLinux
public import SystemPackage

/// A file that is written from its beginning to its end.
public struct WritableFile: ~Copyable, Sendable {
  public let path: FilePath
  let descriptor: FileDescriptor

  /// Starts a file where nothing stands.
  public init(new path: FilePath, permissions: UInt16 = 0o644) throws(FileError) {
    self.path = path
    descriptor = try Files.open(
      path, .writeOnly, [.create, .exclusiveCreate], permissions, for: "write")
  }

  /// As without `failure`, which turns an error into the caller's.
  public init<Failure: Error>(
    new path: FilePath, permissions: UInt16 = 0o644, failure: (FileError) -> Failure
  ) throws(Failure) {
    do throws(FileError) { self = try WritableFile(new: path, permissions: permissions) } catch {
      throw failure(error)
    }
  }

  /// Starts a new file, in the place of one or of a link that stands there: neither is written through,
  /// since a file may have another name in the store.
  public init(replacing path: FilePath, permissions: UInt16 = 0o644) throws(FileError) {
    while true {
      do throws(FileError) {
        self = try WritableFile(new: path, permissions: permissions)
        return
      } catch {
        guard error.cause == .fileExists else { throw error }
      }
      do throws(FileError) { try Files.removeFile(path) } catch {
        if error.cause != .noSuchFileOrDirectory {
          throw FileError(error.code, "write", path, cause: error.cause)
        }
      }
    }
  }

  /// Goes on behind the end of a file, or starts one.
  public init(extending path: FilePath) throws(FileError) {
    self.path = path
    descriptor = try Files.open(path, .writeOnly, [.create, .append], for: "write")
  }

  public func write(_ bytes: RawSpan) throws(FileError) {
    do { _ = try unsafe bytes.withUnsafeBytes { try unsafe descriptor.writeAll($0) } } catch {
      throw fileError(error, "write", path)
    }
  }

  public func write(_ bytes: [UInt8]) throws(FileError) { try unsafe write(bytes.span.bytes) }

  /// Takes away all that it has.
  public func clear() throws(FileError) {
    do {
      try descriptor.resize(to: 0)
      try descriptor.seek(offset: 0, from: .start)
    } catch { throw fileError(error, "write", path) }
  }

  /// Sets them without the umask.
  public func setPermissions(_ permissions: UInt16) throws(FileError) {
    guard fchmod(descriptor.rawValue, mode_t(permissions)) == 0 else {
      throw lastError("change the mode of", path)
    }
  }

  deinit { try? descriptor.close() }
}

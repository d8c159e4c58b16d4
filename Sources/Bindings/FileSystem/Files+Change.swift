internal import CLinux
public import SystemPackage

extension Files {
  /// - Throws: where a symbolic link is, which has no mode of its own.
  public static func setPermissions(
    _ permissions: UInt16, of path: FilePath
  ) throws(FileError) {
    try unsafe check("change the mode of", path) { path in
      unsafe fchmodat(AT_FDCWD, path, mode_t(permissions), AT_SYMLINK_NOFOLLOW)
    }
  }

  /// Sets owner and group, of a symbolic link itself too.
  public static func setOwner(
    _ owner: UInt32, group: UInt32, of path: FilePath
  ) throws(FileError) {
    try unsafe check("change the owner of", path) { path in
      unsafe lchown(path, owner, group)
    }
  }

  /// Sets the modification and access time, whole seconds since 1970, of a symbolic link itself
  /// too.
  public static func setModified(_ seconds: Int64, of path: FilePath) throws(FileError) {
    let time = timespec(tv_sec: Int(seconds), tv_nsec: 0)
    let times = [time, time]
    try unsafe check("set the time of", path) { path in
      unsafe utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW)
    }
  }

  /// Sets the modification and access time to now, by the file system's own clock.
  public static func touch(_ path: FilePath) throws(FileError) {
    try unsafe check("set the time of", path) { path in
      unsafe utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW)
    }
  }

  /// Makes a folder and those above it, with the same permissions; what exists already is left as
  /// it is, and a link to a folder is one.
  public static func makeDirectories(
    _ path: FilePath, permissions: UInt16 = 0o755
  ) throws(FileError) {
    try makeDirectories(KernelPath(path), permissions)
  }

  private static func makeDirectories(
    _ path: KernelPath, _ permissions: UInt16
  ) throws(FileError) {
    if let status = try path.status(), status.kind == .directory { return }
    if let parent = path.parent { try makeDirectories(parent, permissions) }
    try makeDirectory(path, permissions, mayExist: true)
  }

  /// As ``makeDirectories(_:permissions:)`` below a folder, in which links are none.
  ///
  /// - Parameter path: relative, without `..`.
  public static func makeDirectories(
    _ path: String, in root: FilePath, permissions: UInt16 = 0o755
  ) throws(FileError) {
    var folder = root
    for component in path.pathComponents {
      folder.append(component)
      switch try status(folder)?.kind {
      case .directory?: continue
      case nil: try makeDirectory(folder, permissions: permissions)
      case _?: throw FileError("create the folder", folder, errno: .notDirectory)
      }
    }
  }

  public static func makeDirectory(
    _ path: FilePath, permissions: UInt16 = 0o755, mayExist: Bool = false
  ) throws(FileError) {
    try makeDirectory(KernelPath(path), permissions, mayExist: mayExist)
  }

  private static func makeDirectory(
    _ path: KernelPath, _ permissions: UInt16, mayExist: Bool
  ) throws(FileError) {
    let status = unsafe path.withPointer { unsafe mkdir($0, mode_t(permissions)) }
    if status == 0 {
      // Without the umask. There is no link at what was just made, and to rule one out takes three
      // system calls more.
      return try unsafe path.check("change the mode of") { unsafe chmod($0, mode_t(permissions)) }
    }
    let failure = lastError("create the folder", path.path)
    guard mayExist, failure.code == .exists else { throw failure }
  }

  public static func makeSymlink(_ path: FilePath, to target: String) throws(FileError) {
    try unsafe check("create the link", path) { path in
      unsafe target.withCString { unsafe symlink($0, path) }
    }
  }

  public static func readSymlink(_ path: FilePath) throws(FileError) -> String {
    try readSymlink(KernelPath(path))
  }

  /// As for a `FilePath`, for those who look at many paths.
  public static func readSymlink(at path: String) throws(FileError) -> String {
    try readSymlink(KernelPath(path))
  }

  private static func readSymlink(_ path: KernelPath) throws(FileError) -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe path.withPointer { path in
      unsafe buffer.withUnsafeMutableBytes { buffer in
        unsafe buffer.baseAddress.map {
          unsafe readlink(path, $0.assumingMemoryBound(to: CChar.self), buffer.count)
        } ?? -1
      }
    }
    guard count >= 0 else { throw lastError("read the link", path.path) }
    guard let target = String(validating: buffer[..<count], as: UTF8.self) else {
      throw FileError(.notUTF8, "read the link", path.path)
    }
    return target
  }

  /// Makes `path` one more name of the file `existing`; a symbolic link is not followed.
  public static func makeHardLink(_ path: FilePath, to existing: FilePath) throws(FileError) {
    try unsafe check("link", path) { path in
      unsafe existing.withPlatformString { unsafe link($0, path) }
    }
  }

  /// Renames, replacing what stands at `target`; atomic on one file system.
  public static func rename(_ path: FilePath, to target: FilePath) throws(FileError) {
    try unsafe check("rename to", target) { target in
      unsafe path.withPlatformString { unsafe CLinux.rename($0, target) }
    }
  }

  /// Makes a device node; `mode` is the type and permission bits of `mknod`.
  public static func makeNode(
    _ path: FilePath, mode: UInt32, major: UInt32, minor: UInt32
  ) throws(FileError) {
    try unsafe check("create the node", path) { path in
      unsafe mknod(path, mode_t(mode), gnu_dev_makedev(major, minor))
    }
  }

  public static func removeFile(_ path: FilePath) throws(FileError) {
    try unsafe check("remove", path) { path in unsafe unlink(path) }
  }

  /// Waits until the kernel has a folder's entries, or a file's bytes, on the disk.
  public static func synchronize(_ path: FilePath) throws(FileError) {
    let file = try open(path, .readOnly, for: "open")
    defer { try? file.close() }
    guard fsync(file.rawValue) == 0 else { throw lastError("write to the disk", path) }
  }

  /// Waits until the kernel has all that was written to the file system of a folder on the disk.
  public static func synchronizeFileSystem(of folder: FilePath) throws(FileError) {
    let file = try open(folder, .readOnly, for: "open")
    defer { try? file.close() }
    guard syncfs(file.rawValue) == 0 else { throw lastError("write to the disk", folder) }
  }

  static func check(
    _ operation: String, _ path: FilePath, _ call: (UnsafePointer<CChar>) -> Int32
  ) throws(FileError) {
    try unsafe KernelPath(path).check(operation, call)
  }
}

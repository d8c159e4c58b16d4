internal import CLinux
public import SystemPackage

/// What `lstat` says of a path.
public struct FileStatus: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case file, directory, symlink, characterDevice, blockDevice, fifo, socket
  }

  public let kind: Kind
  /// Permission bits with setuid, setgid and sticky: the lower 12 bits.
  public let permissions: UInt16
  public let owner: UInt32
  public let group: UInt32
  /// Bytes; for a symbolic link the length of its target.
  public let size: Int64
  /// Whole seconds since 1970.
  public let modified: Int64
  public let device: UInt64
  public let inode: UInt64
  public let linkCount: UInt64
  /// Another one whenever the content or anything else of the file changes; nil where the file
  /// system has whole seconds only, in which two changes look like one.
  public var version: String? {
    guard changed.tv_nsec != 0 else { return nil }
    let stamp = [exactlyModified, changed].map { "\($0.tv_sec).\($0.tv_nsec)" }
    return "\(device) \(inode) \(size) \(stamp.joined(separator: " "))"
  }

  private let exactlyModified: timespec
  private let changed: timespec
  /// Major and minor number of a device node.
  public let deviceNumber: (major: UInt32, minor: UInt32)

  init?(_ raw: stat) {
    switch raw.st_mode & mode_t(S_IFMT) {
    case mode_t(S_IFREG): kind = .file
    case mode_t(S_IFDIR): kind = .directory
    case mode_t(S_IFLNK): kind = .symlink
    case mode_t(S_IFCHR): kind = .characterDevice
    case mode_t(S_IFBLK): kind = .blockDevice
    case mode_t(S_IFIFO): kind = .fifo
    case mode_t(S_IFSOCK): kind = .socket
    default: return nil
    }
    permissions = UInt16(truncatingIfNeeded: raw.st_mode & 0o7777)
    owner = raw.st_uid
    group = raw.st_gid
    size = Int64(raw.st_size)
    modified = Int64(raw.st_mtim.tv_sec)
    device = UInt64(raw.st_dev)
    inode = UInt64(raw.st_ino)
    linkCount = UInt64(raw.st_nlink)
    exactlyModified = raw.st_mtim
    changed = raw.st_ctim
    deviceNumber = (gnu_dev_major(raw.st_rdev), gnu_dev_minor(raw.st_rdev))
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.kind == right.kind && left.permissions == right.permissions && left.owner == right.owner
      && left.group == right.group && left.size == right.size && left.modified == right.modified
      && left.device == right.device && left.inode == right.inode
      && left.linkCount == right.linkCount && left.deviceNumber == right.deviceNumber
  }

  public func hash(into hasher: inout Swift.Hasher) {
    hasher.combine(device)
    hasher.combine(inode)
  }

  /// Whether overlayfs means "deleted" by this node of an upper directory.
  public var isWhiteout: Bool { kind == .characterDevice && deviceNumber == (0, 0) }
}

extension Files {
  /// - Returns: nil where nothing stands at `path`; a symbolic link is not followed.
  public static func status(_ path: FilePath) throws(FileError) -> FileStatus? {
    try status(KernelPath(path), AT_SYMLINK_NOFOLLOW)
  }

  /// As for a `FilePath`, for those who look at many paths: to make one of a text takes longer.
  public static func status(at path: String) throws(FileError) -> FileStatus? {
    try status(KernelPath(path), AT_SYMLINK_NOFOLLOW)
  }

  /// The status of what a path leads to through links, or nil where that is nothing.
  public static func targetStatus(_ path: FilePath) throws(FileError) -> FileStatus? {
    try status(KernelPath(path), 0)
  }

  /// Of an open file.
  static func status(
    of file: FileDescriptor, at path: FilePath
  ) throws(FileError) -> FileStatus? {
    var raw = stat()
    guard unsafe fstat(file.rawValue, &raw) == 0 else { throw lastError("look at", path) }
    return FileStatus(raw)
  }

  static func status(_ path: KernelPath, _ flags: Int32) throws(FileError) -> FileStatus? {
    var raw = stat()
    guard unsafe path.withPointer({ unsafe fstatat(AT_FDCWD, $0, &raw, flags) }) == 0 else {
      let errno = Errno(rawValue: clinux_errno())
      // Before an error is made, with its path: for most who ask, this is an answer.
      if errno == .noSuchFileOrDirectory || errno == .notDirectory { return nil }
      throw FileError("look at", path.path, errno: errno)
    }
    return FileStatus(raw)
  }

  public static func exists(_ path: FilePath) -> Bool {
    unsafe path.withPlatformString { unsafe faccessat(AT_FDCWD, $0, F_OK, AT_SYMLINK_NOFOLLOW) }
      == 0
  }

  /// Whether this process may make files in a folder.
  ///
  /// - Throws: where it may not, or the folder is none: why.
  public static func requireWritable(_ folder: FilePath) throws(FileError) {
    let inside = folder.appending(".")
    guard unsafe inside.withPlatformString({ unsafe access($0, W_OK | X_OK) }) == 0 else {
      throw lastError("write to", folder)
    }
  }

  /// Bytes that an ordinary user may still write on the file system that holds `path`.
  public static func freeSpace(at path: FilePath) throws(FileError) -> Int64 {
    var raw = statvfs()
    guard unsafe path.withPlatformString({ unsafe statvfs($0, &raw) }) == 0 else {
      throw lastError("measure the free space at", path)
    }
    return bytes(of: UInt64(raw.f_bavail), each: UInt64(raw.f_frsize))
  }

  /// Some file systems have no limit, and say so with the largest number.
  static func bytes(of blocks: UInt64, each size: UInt64) -> Int64 {
    let (bytes, isMore) = blocks.multipliedReportingOverflow(by: size)
    return isMore ? .max : Int64(clamping: bytes)
  }

  /// The bytes that are free where `path` is if they are fewer than `needed`; nil where there is room.
  public static func shortage(of needed: Int64, at path: FilePath) throws(FileError) -> Int64? {
    let free = try freeSpace(at: path)
    return free < needed ? free : nil
  }
}

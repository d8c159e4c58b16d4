internal import CLinux
public import SystemPackage

extension Files {
  /// The names in a folder, in byte order, without `.` and `..`.
  ///
  /// - Throws: ``FileError/Code/notUTF8`` for a name that is not UTF-8.
  public static func entries(_ path: FilePath) throws(FileError) -> [String] {
    try entries(KernelPath(path))
  }

  private static func entries(_ folder: KernelPath) throws(FileError) -> [String] {
    try folder.names().map { (bytes) throws(FileError) in
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw FileError(.notUTF8, "take the name in", folder.path.appending(shown(bytes)))
      }
      return name
    }
  }

  /// A name for people: `caf\xe9` for Latin-1's `café`.
  private static func shown(_ name: [UInt8]) -> String {
    name.reduce(into: "") { text, byte in
      if (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
  }

  /// Visits everything below `root`, a folder before what it holds, names in byte order.
  ///
  /// - Parameter visit: gets the path relative to `root` with its status, and says whether to
  ///   descend into a folder.
  public static func walk<Failure: Error>(
    _ root: FilePath, failure: (FileError) -> Failure,
    _ visit: (String, FileStatus) throws(Failure) -> Bool
  ) throws(Failure) {
    var pending: [String] = []
    let root = KernelPath(root)
    func push(_ folder: String) throws(Failure) {
      do throws(FileError) {
        let names = try entries(folder.isEmpty ? root : root.appending(Array(folder.utf8)))
        pending += names.reversed().map { folder.isEmpty ? $0 : folder + "/" + $0 }
      } catch {
        throw failure(error)
      }
    }
    try push("")
    while let path = pending.popLast() {
      let found: FileStatus?
      do throws(FileError) { found = try root.appending(Array(path.utf8)).status() } catch {
        throw failure(error)
      }
      guard let found else { continue }
      if try visit(path, found), found.kind == .directory { try push(path) }
    }
  }

  public static func walk(
    _ root: FilePath, _ visit: (String, FileStatus) throws(FileError) -> Bool
  ) throws(FileError) {
    try walk(root, failure: { $0 }, visit)
  }
}

extension Files {
  /// Bytes of a file, or of all files below a folder, whatever the bytes of their names; a file of
  /// several names counts once, and what vanishes meanwhile, or is deeper than a path reaches, not at
  /// all.
  public static func size(_ path: FilePath) throws(FileError) -> Int64 {
    guard let status = try status(path) else { return 0 }
    guard status.kind == .directory else { return status.size }
    var total: Int64 = 0
    var seen: Set<UInt64> = []
    var pending = [KernelPath(path)]
    while let folder = pending.popLast() {
      for name in try reachable({ () throws(FileError) in try folder.names() }) ?? [] {
        let child = folder.appending(name)
        guard let status = try reachable({ () throws(FileError) in try child.status() }) ?? nil
        else { continue }
        if status.kind == .directory { pending.append(child) }
        guard status.kind == .file else { continue }
        if status.linkCount == 1 || seen.insert(status.inode).inserted { total += status.size }
      }
    }
    return total
  }

  /// - Returns: nil for what is not there any more, or where no path can lead.
  private static func reachable<Value>(
    _ look: () throws(FileError) -> Value
  ) throws(FileError) -> Value? {
    do throws(FileError) { return try look() } catch {
      guard error.code == .notFound || error.cause == .fileNameTooLong else { throw error }
      return nil
    }
  }
}

extension Files {
  /// The names of a path's extended attributes, of a symbolic link itself too, in byte order.
  public static func attributeNames(_ path: FilePath) throws(FileError) -> [String] {
    try attributeNames(KernelPath(path))
  }

  /// As for a `FilePath`, for those who look at many paths.
  public static func attributeNames(at path: String) throws(FileError) -> [String] {
    try attributeNames(KernelPath(path))
  }

  private static func attributeNames(_ path: KernelPath) throws(FileError) -> [String] {
    let bytes = try unsafe attributeBytes("list the attributes of", path) {
      unsafe llistxattr($0, $1.baseAddress, $1.count)
    }
    return (bytes ?? []).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.sorted()
  }

  /// - Returns: nil where the attribute is absent.
  public static func attribute(_ name: String, of path: FilePath) throws(FileError) -> [UInt8]? {
    try attribute(name, of: KernelPath(path))
  }

  /// As for a `FilePath`, for those who look at many paths.
  public static func attribute(
    _ name: String, at path: String
  ) throws(FileError) -> [UInt8]? {
    try attribute(name, of: KernelPath(path))
  }

  private static func attribute(
    _ name: String, of path: KernelPath
  ) throws(FileError) -> [UInt8]? {
    try unsafe attributeBytes("read the attribute \(name) of", path) {
      unsafe lgetxattr($0, name, $1.baseAddress, $1.count)
    }
  }

  /// What a system call gives, which is nothing for most files: so it is asked for the size first.
  private static func attributeBytes(
    _ action: @autoclosure () -> String, _ path: KernelPath,
    _ read: (UnsafePointer<CChar>, UnsafeMutableRawBufferPointer) -> Int
  ) throws(FileError) -> [UInt8]? {
    var bytes: [UInt8] = []
    var count = unsafe path.withPointer { unsafe read($0, .init(start: nil, count: 0)) }
    while count > bytes.count {
      bytes = [UInt8](repeating: 0, count: count)
      count = unsafe path.withPointer { path in
        unsafe bytes.withUnsafeMutableBytes { unsafe read(path, $0) }
      }
    }
    guard count >= 0 else {
      let errno = Errno(rawValue: clinux_errno())
      if errno == .noData || errno == .notSupported { return nil }
      throw FileError(action(), path.path, errno: errno)
    }
    return Array(bytes[..<count])
  }

  public static func setAttribute(
    _ name: String, _ value: [UInt8], of path: FilePath
  ) throws(FileError) {
    try unsafe check("set the attribute \(name) of", path) { path in
      unsafe lsetxattr(path, name, value, value.count, 0)
    }
  }
}

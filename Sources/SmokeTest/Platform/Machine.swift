import CPlatform

/// The machine that is examined: its files, and the environment that the program was started with.
///
/// Paths are those inside of the machine. With a `root` they are looked up below that folder, links
/// included, as `chroot` would; the tests give a made-up one.
public final class Machine: Sendable {
  /// The folder that stands for `/`; empty when it is the real one.
  public let root: String
  public let environment: Variables

  public init(root: String = "", environment: Variables) {
    self.root = root.ends(with: "/") ? String(bytes: root.bytes.dropLast()) : root
    self.environment = environment
  }

  public enum Kind: Hashable, Sendable {
    case file
    case folder
    case device
    case other
  }

  public final class Status: Sendable {
    public let kind: Kind
    public let size: Int
    fileprivate let device: UInt64
    fileprivate let inode: UInt64

    fileprivate init(_ kind: Kind, _ status: stat) {
      self.kind = kind
      size = Int(status.st_size)
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
    }
  }

  /// The first bytes of a file, at most `limit`.
  @inline(never)
  public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let descriptor = unsafe platform_open(try resolve(path).characters, O_RDONLY, 0)
    guard descriptor >= 0 else { throw FileError(path: path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count < limit {
      let wanted = min(limit - bytes.count, 65_536)
      var got = 0
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
        got = unsafe CPlatform.read(descriptor, buffer.baseAddress, wanted)
        count = max(got, 0)
      }
      if got < 0, platform_errno() == EINTR { continue }
      guard got >= 0 else { throw FileError(path: path) }
      if got == 0 { break }
      bytes += chunk
    }
    return bytes
  }

  /// The text of a small file without the white space around it; nothing when it cannot be read.
  @inline(never)
  public func text(_ path: String, limit: Int = 65_536) -> String? {
    guard let bytes = try? read(path, limit: limit) else { return nil }
    return String(bytes: bytes).trimmed
  }

  /// The names in a folder, sorted, without `.` and `..`.
  @inline(never)
  public func list(_ path: String) throws(FileError) -> [String] {
    guard let folder = unsafe opendir(try resolve(path).characters) else {
      throw FileError(path: path)
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe String(optionalCString: platform_entry_name(entry))
      if name != ".", name != ".." { names.append(name) }
    }
    return sorted(names)
  }

  /// The same; none where the folder cannot be read.
  @inline(never)
  public func names(_ path: String) -> [String] { (try? list(path)) ?? [] }

  /// What is at `path`, links followed; nothing when there is nothing, or a link that leads nowhere.
  @inline(never)
  public func status(_ path: String) -> Status? {
    guard let resolved = try? resolve(path) else { return nil }
    var status = stat()
    guard unsafe stat(resolved.characters, &status) == 0 else { return nil }
    let kind: Kind =
      switch Int32(bitPattern: UInt32(status.st_mode)) & Int32(S_IFMT) {
      case Int32(S_IFREG): .file
      case Int32(S_IFDIR): .folder
      case Int32(S_IFCHR), Int32(S_IFBLK): .device
      default: .other
      }
    return Status(kind, status)
  }

  /// Whether the file at `path` is the one with `other`, whatever its name.
  @inline(never)
  public func isSame(_ path: String, as other: Status) -> Bool {
    guard let status = status(path) else { return false }
    return status.device == other.device && status.inode == other.inode
  }

  /// Where the link at `path` points, as it is written; nothing when it is no link.
  @inline(never)
  public func link(_ path: String) -> String? {
    guard let resolved = try? resolve(path, followingLast: false) else { return nil }
    return Self.link(at: resolved)
  }

  /// Whether this process may read and write what is at `path`.
  @inline(never)
  public func mayReadAndWrite(_ path: String) -> Bool {
    guard let resolved = try? resolve(path) else { return false }
    return unsafe access(resolved.characters, R_OK | W_OK) == 0
  }

  /// Whether this process may execute what is at `path`.
  @inline(never)
  public func mayExecute(_ path: String) -> Bool {
    guard let resolved = try? resolve(path) else { return false }
    return unsafe access(resolved.characters, X_OK) == 0
  }

  /// The path on the running system of a path of the machine, for those who open it themselves.
  public func resolve(_ path: String) throws(FileError) -> String {
    try resolve(path, followingLast: true)
  }

  /// The kernel does this by itself where the machine is the running one.
  @inline(never)
  private func resolve(_ path: String, followingLast: Bool) throws(FileError) -> String {
    if root.isEmpty { return path }
    var pending = Array(path.split(at: "/").reversed())
    var resolved: [String] = []
    var links = 0
    while let name = pending.popLast() {
      if name == "." { continue }
      if name == ".." {
        _ = resolved.popLast()
        continue
      }
      let candidate = (resolved + [name]).reduce(root) { $0 + "/" + $1 }
      guard followingLast || !pending.isEmpty, let target = Self.link(at: candidate) else {
        resolved.append(name)
        continue
      }
      links += 1
      guard links <= 40 else { throw FileError(path: path, number: ELOOP) }
      if target.begins(with: "/") { resolved = [] }
      pending += target.split(at: "/").reversed()
    }
    return resolved.isEmpty ? root + "/" : resolved.reduce(root) { $0 + "/" + $1 }
  }

  private static func link(at path: String) -> String? {
    var length = 0
    let target = unsafe [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      length = unsafe platform_link(path.characters, buffer.baseAddress, buffer.count)
      count = max(length, 0)
    }
    return length > 0 ? String(bytes: target) : nil
  }
}

/// Why a file could not be read.
public struct FileError: Error, Hashable {
  public let path: String
  /// The C library's `errno`.
  public let number: Int32

  init(path: String, number: Int32 = platform_errno()) {
    self.path = path
    self.number = number
  }

  public var isAbsence: Bool { number == ENOENT || number == ENOTDIR }

  /// The C library's words.
  public var reason: String { unsafe String(optionalCString: strerror(number)) }
}

/// By their bytes. A folder of the system has few names, so that the simplest way is quick enough.
private func sorted(_ names: [String]) -> [String] {
  var sorted: [(name: String, bytes: [UInt8])] = []
  for name in names {
    let bytes = name.bytes
    var index = sorted.count
    while index > 0, precedes(bytes, sorted[index - 1].bytes) { index -= 1 }
    sorted.insert((name, bytes), at: index)
  }
  return sorted.map { $0.name }
}

private func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  for index in 0..<min(a.count, b.count) where a[index] != b[index] { return a[index] < b[index] }
  return a.count < b.count
}

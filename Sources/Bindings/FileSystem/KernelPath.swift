internal import CLinux
internal import SystemPackage

/// A path as the kernel takes it, whatever its bytes.
///
/// `FilePath` reads all of a path whenever a name is added to it or taken away, which takes longer than
/// to ask the kernel for what is there: what visits many paths makes them of bytes.
struct KernelPath {
  private static let slash = CChar(bitPattern: UInt8(ascii: "/"))

  /// With the zero at its end.
  private let bytes: [CChar]

  private init(bytes: [CChar]) { self.bytes = bytes }

  init(_ path: FilePath) {
    bytes = unsafe path.withPlatformString {
      unsafe Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
    }
  }

  /// A name in a folder.
  init(name: [UInt8]) { bytes = name.map { CChar(bitPattern: $0) } + [0] }

  init(_ path: String) { bytes = Array(path.utf8CString) }

  /// For errors, and for those that take no other.
  var path: FilePath { FilePath(platformString: bytes) }

  func appending(_ name: [UInt8]) -> KernelPath {
    var bytes = bytes
    bytes.removeLast()
    bytes.reserveCapacity(bytes.count + name.count + 2)
    bytes.append(Self.slash)
    for byte in name { bytes.append(CChar(bitPattern: byte)) }
    bytes.append(0)
    return KernelPath(bytes: bytes)
  }

  /// The folder that holds it; nil for the root and for a lone name. A `FilePath` has no slash at its
  /// end, and none twice.
  var parent: KernelPath? {
    guard let end = bytes.lastIndex(of: Self.slash), bytes.count > 2 else { return nil }
    return KernelPath(bytes: bytes[..<max(end, 1)] + [0])
  }

  func withPointer<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      // Never empty: the zero is there.
      guard let start = bytes.baseAddress else { return unsafe body("") }
      return unsafe body(start)
    }
  }

  // MARK: - What visits many paths asks for

  /// - Returns: nil where nothing is; a symbolic link is not followed.
  func status() throws(FileError) -> FileStatus? {
    try Files.status(self, AT_SYMLINK_NOFOLLOW)
  }

  /// The names in a folder, in byte order, without `.` and `..`.
  func names() throws(FileError) -> [[UInt8]] {
    guard let stream = unsafe withPointer({ unsafe opendir($0) }) else {
      throw lastError("list the folder", path)
    }
    defer { unsafe closedir(stream) }
    return unsafe try names(in: stream)
  }

  /// The names that an open folder, which is at this path, goes on with.
  func names(in stream: OpaquePointer) throws(FileError) -> [[UInt8]] {
    var names: [[UInt8]] = []
    var failure: Int32 = 0
    while let entry = unsafe clinux_readdir(stream, &failure) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
        unsafe Array($0[..<($0.firstIndex(of: 0) ?? $0.endIndex)])
      }
      if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
    }
    // Without this a disk that fails would make a shorter folder.
    guard failure == 0 else {
      throw FileError("list the folder", path, errno: Errno(rawValue: failure))
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  func check(
    _ operation: String, _ call: (UnsafePointer<CChar>) -> Int32
  ) throws(FileError) {
    guard unsafe withPointer({ unsafe call($0) }) == 0 else { throw lastError(operation, path) }
  }
}

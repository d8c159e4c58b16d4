internal import FileSystem
internal import SystemPackage

/// Bounded reads at any place of a zip file.
struct ZipFile: ~Copyable {
  /// What errors call it.
  let name: String
  let size: Int64
  private let path: FilePath
  private let descriptor: FileDescriptor

  static func open(_ path: FilePath, name: String) throws(WheelError) -> ZipFile {
    do throws(FileError) {
      guard let status = try Files.status(path), status.kind == .file else {
        throw FileError(.notFound, "read", path)
      }
      return ZipFile(
        name: name, size: status.size, path: path,
        descriptor: try Files.open(path, .readOnly, for: "read"))
    } catch {
      throw WheelError(.unreadable, wheel: name, cause: .file(error))
    }
  }

  private init(name: String, size: Int64, path: FilePath, descriptor: FileDescriptor) {
    self.name = name
    self.size = size
    self.path = path
    self.descriptor = descriptor
  }

  /// Exactly `count` bytes from `offset`.
  func bytes(at offset: Int64, count: Int) throws(WheelError) -> LittleEndianBytes {
    guard offset >= 0, count >= 0, offset <= size - Int64(count) else {
      throw defect(.notAZip, "it ends before byte \(offset &+ Int64(count))")
    }
    var content = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let read: Int
      do {
        read = try unsafe content.withUnsafeMutableBytes {
          try unsafe descriptor.read(
            fromAbsoluteOffset: offset + Int64(filled),
            into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
        }
      } catch {
        let errno = error as? Errno ?? .ioError
        throw WheelError(
          .unreadable, wheel: name, cause: .file(FileError("read", path, errno: errno)))
      }
      guard read > 0 else { throw defect(.notAZip, "it became shorter while kiln read it") }
      filled += read
    }
    return LittleEndianBytes(content)
  }

  func defect(_ code: WheelError.Code, _ reason: String, entry: String? = nil) -> WheelError {
    WheelError(code, wheel: name, entry: entry, reason: reason)
  }

  deinit { try? descriptor.close() }
}

/// Little-endian numbers read one after the other; behind the end there are only zeros, and
/// ``overran`` says so.
struct LittleEndianBytes {
  let bytes: [UInt8]
  private(set) var position = 0
  private(set) var overran = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var remaining: Int { bytes.count - position }

  mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    guard count <= remaining else {
      overran = true
      position = bytes.count
      return []
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func u16() -> UInt16 { UInt16(truncatingIfNeeded: number(2)) }
  mutating func u32() -> UInt32 { UInt32(truncatingIfNeeded: number(4)) }
  mutating func u64() -> UInt64 { number(8) }

  private mutating func number(_ count: Int) -> UInt64 {
    take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

internal import FileSystem
internal import SystemPackage

/// Bounded reads at any place of a zip file.
struct ZipFile: ~Copyable {
  /// What errors call it.
  let name: String
  let size: Int64
  private let file: ReadableFile

  init(_ path: FilePath, name: String) throws(WheelError) {
    self.name = name
    do throws(FileError) {
      guard try Files.status(path)?.kind == .file else {
        throw FileError(.notFound, "read", path)
      }
      let file = try ReadableFile(path)
      size = try file.size
      self.file = file
    } catch {
      throw WheelError(.unreadable, wheel: name, cause: .file(error))
    }
  }

  /// Exactly `count` bytes from `offset`.
  func bytes(at offset: Int64, count: Int) throws(WheelError) -> ZipFields {
    guard offset >= 0, count >= 0, offset <= size - Int64(count) else {
      throw defect(.notAZip, "it ends before byte \(offset &+ Int64(count))")
    }
    do throws(FileError) { return ZipFields(try file.bytes(at: offset, count: count)) } catch {
      if error.code == .damaged { throw defect(.notAZip, "it became shorter while kiln read it") }
      throw WheelError(.unreadable, wheel: name, cause: .file(error))
    }
  }

  func defect(_ code: WheelError.Code, _ reason: String, entry: String? = nil) -> WheelError {
    WheelError(code, wheel: name, entry: entry, reason: reason)
  }
}

/// Little-endian numbers read one after the other; behind the end there are only zeros, and
/// ``overran`` says so.
struct ZipFields {
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

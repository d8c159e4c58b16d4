internal import FileSystem
internal import SystemPackage

/// A file that is read here and there, within its bounds.
struct RandomAccessFile: ~Copyable {
  /// A file that grows meanwhile is read up to here.
  let size: UInt64
  private let file: ReadableFile

  init(_ path: FilePath) throws(GPUCodeError) {
    do throws(FileError) {
      let file = try ReadableFile(path)
      size = UInt64(try file.size)
      self.file = file
    } catch {
      throw GPUCodeError(error)
    }
  }

  /// `count` bytes from `offset` on.
  ///
  /// - Throws: ``GPUCodeError/Code/damaged`` where they are not all in the file.
  func bytes(_ count: Int, at offset: UInt64) throws(GPUCodeError) -> LittleEndianBytes {
    guard offset <= size, UInt64(count) <= size - offset else {
      throw damaged("it is cut off")
    }
    do throws(FileError) {
      return LittleEndianBytes(try file.bytes(at: Int64(offset), count: count))
    } catch {
      throw error.code == .damaged ? damaged("it is shorter than it was") : GPUCodeError(error)
    }
  }

  func damaged(_ reason: String) -> GPUCodeError {
    GPUCodeError(.damaged, file.path.string, reason: reason)
  }
}

/// Numbers of a little-endian structure, by their offsets in it.
struct LittleEndianBytes {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func uint16(_ offset: Int) -> UInt16 { UInt16(truncatingIfNeeded: number(offset, 2)) }
  func uint32(_ offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: number(offset, 4)) }
  func uint64(_ offset: Int) -> UInt64 { number(offset, 8) }

  /// The text from `offset` to the next zero byte; nil where none follows.
  func text(_ offset: Int) -> String? {
    guard offset <= bytes.count, let end = bytes[offset...].firstIndex(of: 0) else { return nil }
    return String(decoding: bytes[offset..<end], as: UTF8.self)
  }

  private func number(_ offset: Int, _ count: Int) -> UInt64 {
    // A loop: a whole section goes through here, and a debug build's `reduce` takes ten times as long.
    var number: UInt64 = 0
    for place in 0..<count { number |= UInt64(bytes[offset + place]) << (8 * place) }
    return number
  }
}

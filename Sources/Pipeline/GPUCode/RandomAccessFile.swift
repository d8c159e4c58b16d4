internal import FileSystem
internal import SystemPackage

/// A file that is read here and there, within its bounds.
struct RandomAccessFile: ~Copyable {
  let path: FilePath
  let size: UInt64
  private let descriptor: FileDescriptor

  private init(path: FilePath, size: UInt64, descriptor: FileDescriptor) {
    self.path = path
    self.size = size
    self.descriptor = descriptor
  }

  static func open(_ path: FilePath) throws(GPUCodeError) -> RandomAccessFile {
    let descriptor: FileDescriptor
    do throws(FileError) {
      descriptor = try Files.open(path, .readOnly, for: "read")
    } catch {
      throw GPUCodeError(error)
    }
    do {
      // A file that grows meanwhile is read up to here.
      let size = UInt64(try descriptor.seek(offset: 0, from: .end))
      return RandomAccessFile(path: path, size: size, descriptor: descriptor)
    } catch {
      try? descriptor.close()
      throw GPUCodeError(FileError("read", path, errno: error as? Errno ?? .ioError))
    }
  }

  /// `count` bytes from `offset` on.
  ///
  /// - Throws: ``GPUCodeError/Code/damaged`` where they are not all in the file.
  func bytes(_ count: Int, at offset: UInt64) throws(GPUCodeError) -> LittleEndianBytes {
    guard offset <= size, UInt64(count) <= size - offset else {
      throw damaged("it is cut off")
    }
    var buffer = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let read: Int
      do {
        read = try unsafe buffer.withUnsafeMutableBytes { buffer in
          try unsafe descriptor.read(
            fromAbsoluteOffset: Int64(offset) + Int64(done),
            into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
        }
      } catch {
        throw GPUCodeError(FileError("read", path, errno: error as? Errno ?? .ioError))
      }
      guard read > 0 else {
        throw damaged("it is shorter than it was")
      }
      done += read
    }
    return LittleEndianBytes(buffer)
  }

  func damaged(_ reason: String) -> GPUCodeError {
    GPUCodeError(.damaged, path.string, reason: reason)
  }

  deinit { try? descriptor.close() }
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

public import SystemPackage

/// A file that is open to be read here and there.
public struct ReadableFile: ~Copyable, Sendable {
  public let path: FilePath
  let descriptor: FileDescriptor

  public init(_ path: FilePath) throws(FileError) {
    self.path = path
    descriptor = try Files.open(path, .readOnly, for: "read")
  }

  /// Bytes that it has; one that others write may have more a moment later.
  public var size: Int64 {
    get throws(FileError) { try Files.status(of: descriptor, at: path)?.size ?? 0 }
  }

  /// Exactly `count` bytes from `offset` on.
  ///
  /// - Throws: ``FileError/Code/damaged`` where the file ends before.
  public func bytes(at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
    let bytes = try bytes(at: offset, upTo: count)
    guard bytes.count == count else { throw FileError(.damaged, "read", path) }
    return bytes
  }

  /// As many bytes from `offset` on as there are, `limit` at the most.
  public func bytes(at offset: Int64, upTo limit: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = try fill(&bytes, 0..<limit, from: offset)
    bytes.removeLast(limit - count)
    return bytes
  }

  /// Puts the bytes from `offset` on into a part of `buffer`.
  ///
  /// - Returns: how many there were; fewer than the part takes where the file ends.
  public func fill(
    _ buffer: inout [UInt8], _ part: Range<Int>, from offset: Int64
  ) throws(FileError) -> Int {
    var rest = part
    while !rest.isEmpty {
      let count: Int
      do {
        count = try unsafe buffer.withUnsafeMutableBytes {
          try unsafe descriptor.read(
            fromAbsoluteOffset: offset + Int64(rest.lowerBound - part.lowerBound),
            into: UnsafeMutableRawBufferPointer(rebasing: $0[rest]))
        }
      } catch {
        throw fileError(error, "read", path)
      }
      if count == 0 { break }
      rest = rest.lowerBound + count..<rest.upperBound
    }
    return part.count - rest.count
  }

  deinit { try? descriptor.close() }
}

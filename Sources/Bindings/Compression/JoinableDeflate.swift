internal import CZlib

/// A deflate stream after which another can follow: its last block is not marked as the last, and
/// it ends on a byte boundary.
///
/// libdeflate cannot flush, so each of its streams is final. What tells one is a single bit in the
/// header of its last block, which only decoding finds: zlib's `inflate` stops at block boundaries
/// and says where they are (the method of zlib's own `gzjoin`). So the result is checked as well.
public struct JoinableDeflate: Hashable, Sendable {
  public let bytes: [UInt8]
  /// CRC-32 of the decoded bytes.
  public let crc: UInt32
  /// Count of the decoded bytes.
  public let size: Int

  /// - Throws: ``CompressionError/Code/badStream`` where the stream does not decode to its size.
  public init(_ stream: DeflateStream) throws(CompressionError) {
    let last = try BlockScan.lastBlock(of: stream)
    var bytes = stream.bytes
    bytes[last.headerByte] &= ~(UInt8(1) << last.headerBit)
    if last.unusedBits > 0 {
      // An empty stored block: three zero bits, zeros up to the byte boundary, length 0 and its
      // complement.
      bytes[bytes.count - 1] &= 0xFF >> last.unusedBits
      if last.unusedBits < 3 { bytes.append(0) }
      bytes += [0x00, 0x00, 0xFF, 0xFF]
    }
    self.bytes = bytes
    crc = stream.crc
    size = stream.size
  }
}

/// Where the last block of a deflate stream is.
private struct BlockScan {
  /// The byte and the bit in it, counted from the lowest, that say "this block is the last".
  var headerByte = 0
  var headerBit = 0
  /// Bits of the stream's last byte that belong to no block.
  var unusedBits = 0

  static func lastBlock(of stream: DeflateStream) throws(CompressionError) -> BlockScan {
    var state = unsafe z_stream()
    guard unsafe czlib_start_raw(&state) == Z_OK else {
      throw CompressionError(.outOfMemory, "zlib")
    }
    defer { unsafe inflateEnd(&state) }
    var input = stream.bytes
    let found = unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe scan(&state, input, size: stream.size)
    }
    guard let found else { throw CompressionError(.badStream, "zlib") }
    return found
  }

  private static func scan(
    _ state: inout z_stream, _ input: UnsafeMutableBufferPointer<UInt8>, size: Int
  ) -> BlockScan? {
    unsafe state.next_in = input.baseAddress
    unsafe state.avail_in = UInt32(input.count)
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 17) { output in
      var found = BlockScan()
      var decoded = 0
      while true {
        unsafe state.next_out = output.baseAddress
        unsafe state.avail_out = UInt32(output.count)
        guard unsafe inflate(&state, Z_BLOCK) == Z_OK else { return nil }
        decoded += unsafe output.count - Int(state.avail_out)
        let position = unsafe state.data_type
        guard position & 128 != 0 else { continue }
        let consumed = unsafe input.count - Int(state.avail_in)
        let unused = Int(position & 7)
        if position & 64 != 0 {
          found.unusedBits = unused
          return consumed == input.count && decoded == size ? found : nil
        }
        found.headerByte = unused == 0 ? consumed : consumed - 1
        found.headerBit = unused == 0 ? 0 : 8 - unused
      }
    }
  }
}

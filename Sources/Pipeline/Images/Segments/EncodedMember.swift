internal import Compression

/// A member's bytes as they go to the file, with what one joined gzip member needs to know.
struct EncodedMember: Sendable {
  let bytes: [UInt8]
  let joint: Joint

  /// CRC-32 and count of the decoded bytes.
  struct Joint: Hashable, Sendable {
    let crc: UInt32
    let size: Int
  }

  init(_ content: [UInt8], _ encoding: Encoding) throws(CompressionError) {
    guard encoding.joined else {
      bytes = try encoding.compressor.unit(of: content)
      joint = Joint(crc: 0, size: content.count)
      return
    }
    let stream = try JoinableDeflate(Deflate.stream(of: content, encoding.compressor.setting))
    bytes = stream.bytes
    joint = Joint(crc: stream.crc, size: stream.size)
  }
}

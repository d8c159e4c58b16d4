internal import CZlib

/// The frame of gzip members (RFC 1952) around deflate streams.
public enum Gzip {
  /// No time, no name, no extra flags, operating system unknown: nothing of the building machine.
  public static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

  /// A complete deflate stream as a member of its own.
  public static func member(_ stream: DeflateStream) -> [UInt8] {
    header + stream.bytes + trailer(crc: stream.crc, size: stream.size)
  }

  /// - Parameter size: of the decoded bytes; the format keeps it modulo 2³².
  public static func trailer(crc: UInt32, size: Int) -> [UInt8] {
    littleEndian(crc) + littleEndian(UInt32(truncatingIfNeeded: size))
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

/// One gzip member out of many deflate streams that were made apart, for readers that stop after
/// the first member: ``Gzip/header``, each stream's ``JoinableDeflate/bytes``, then ``end()``.
public struct GzipJoin: Sendable {
  private var crc: UInt32 = 0
  private var size = 0

  public init() {}

  /// Takes note of the next stream.
  public mutating func add(crc next: UInt32, size count: Int) {
    crc = UInt32(truncatingIfNeeded: crc32_combine(UInt(crc), UInt(next), count))
    size += count
  }

  /// An empty last block and the trailer.
  public func end() -> [UInt8] { [0x03, 0x00] + Gzip.trailer(crc: crc, size: size) }
}

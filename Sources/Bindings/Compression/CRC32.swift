internal import CDeflate

/// The CRC-32 of gzip and zip over a stream of bytes, by libdeflate: a check sum against damage.
public struct CRC32: Sendable {
  public private(set) var value: UInt32 = 0

  public init() {}

  public mutating func update(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes {
      value = unsafe libdeflate_crc32(value, $0.baseAddress, $0.count)
    }
  }
}

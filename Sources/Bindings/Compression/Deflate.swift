internal import CDeflate

/// A raw deflate stream (RFC 1951) with what a gzip trailer says of its content.
public struct DeflateStream: Hashable, Sendable {
  public let bytes: [UInt8]
  /// CRC-32 of the decoded bytes.
  public let crc: UInt32
  /// Count of the decoded bytes.
  public let size: Int

  /// Takes over a stream that another program made, a zip entry's for example.
  public init(bytes: [UInt8], crc: UInt32, size: Int) {
    self.bytes = bytes
    self.crc = crc
    self.size = size
  }
}

/// Deflate by libdeflate: whole blocks only, three to four times as fast as zlib.
public enum Deflate {
  /// Names all that the bytes depend on besides the block: the library and the level.
  ///
  /// The library that runs may be another release than kiln was built with, and nothing tells which: so
  /// it is known by what it makes of a sample.
  static func name(_ setting: CompressionSetting) -> String {
    let sample =
      switch setting {
      case .fast: fast
      case .balanced: balanced
      case .small: small
      }
    return "libdeflate level \(setting.deflateLevel) sample \(sample)"
  }

  // Each when it is first wanted: that of `small` takes ten milliseconds.
  private static let fast = outcome(.fast)
  private static let balanced = outcome(.balanced)
  private static let small = outcome(.small)

  /// What becomes of ``sample``, as its length and CRC-32.
  private static func outcome(_ setting: CompressionSetting) -> String {
    guard let bytes = try? stream(of: sample, setting).bytes else { return "" }
    var sum = CRC32()
    unsafe sum.update(bytes.span.bytes)
    return "\(bytes.count) \(sum.value)"
  }

  /// Words that come again at changing distances, with noise between them: what the choices of a
  /// compressor show in.
  private static var sample: [UInt8] {
    var state: UInt32 = 1
    func next() -> UInt32 {
      state = state &* 1_664_525 &+ 1_013_904_223
      return state >> 16
    }
    let words = (0..<200).map { _ in
      (0..<2 + next() % 9).map { _ in UInt8(ascii: "a") + UInt8(next() % 26) }
    }
    var bytes: [UInt8] = []
    while bytes.count < 48 << 10 {
      bytes += words[Int(next() % 200)]
      bytes.append(next() % 8 == 0 ? UInt8(next() % 256) : UInt8(ascii: " "))
    }
    return bytes
  }

  /// A complete stream of its own for `block`.
  public static func stream(
    of block: [UInt8], _ setting: CompressionSetting
  ) throws(CompressionError) -> DeflateStream {
    guard let compressor = unsafe libdeflate_alloc_compressor(setting.deflateLevel) else {
      throw CompressionError(.outOfMemory, "libdeflate")
    }
    defer { unsafe libdeflate_free_compressor(compressor) }
    let bound = unsafe libdeflate_deflate_compress_bound(compressor, block.count)
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      count = unsafe libdeflate_deflate_compress(
        compressor, block, block.count, buffer.baseAddress, bound)
    }
    guard !bytes.isEmpty else { throw CompressionError(.refused, "libdeflate") }
    let crc = unsafe libdeflate_crc32(0, block, block.count)
    return DeflateStream(bytes: bytes, crc: crc, size: block.count)
  }
}

extension CompressionSetting {
  // Measured on a Debian tree, one core: 1 107 MB/s at 0.395, 6 56 MB/s at 0.363 (zlib's gzip -6
  // gives 0.366), 9 21 MB/s at 0.361, 12 5 MB/s at 0.351. 9 buys nothing.
  fileprivate var deflateLevel: Int32 {
    switch self {
    case .fast: 1
    // A sixth quicker than 6, and still smaller than zlib's 6.
    case .balanced: 5
    case .small: 12
    }
  }
}

/// How a sequence of blocks becomes a file: each block is a unit that decodes by itself, and units
/// in a row decode to their blocks in a row.
public enum CompressionFormat: String, Hashable, Codable, Sendable, CaseIterable {
  /// The bytes themselves.
  case plain
  /// Gzip members (RFC 1952).
  case gzip
  /// xz streams.
  case xz
  /// Zstandard frames (RFC 8878).
  case zstd
}

/// What a block may cost.
public enum CompressionSetting: String, Hashable, Codable, Sendable, CaseIterable {
  /// As fast as the disk, a tenth larger.
  case fast
  /// The size of gzip -6, at three times its speed.
  case balanced
  /// As small as the format gets, at a tenth of the speed.
  case small
}

/// Compresses blocks, one at a time, each independent of every other.
///
/// The result depends on the block, the format, the setting and the library's version only: not on
/// the machine, the time or the thread.
public struct BlockCompressor: Hashable, Sendable, CustomStringConvertible {
  public let format: CompressionFormat
  public let setting: CompressionSetting

  public init(_ format: CompressionFormat, _ setting: CompressionSetting) {
    self.format = format
    self.setting = setting
  }

  /// Names all that the bytes depend on besides the block: `xz balanced liblzma 50040002`.
  public var description: String {
    let library =
      switch format {
      case .plain: ""
      case .gzip: Deflate.name(setting)
      case .xz: XZ.library
      case .zstd: Zstandard.library
      }
    return "\(format.rawValue) \(setting.rawValue) \(library)"
  }

  /// One gzip member, xz stream or zstd frame that decodes to `block`.
  public func unit(of block: [UInt8]) throws(CompressionError) -> [UInt8] {
    switch format {
    case .plain: block
    case .gzip: Gzip.member(try Deflate.stream(of: block, setting))
    case .xz: try XZ.stream(of: block, setting)
    case .zstd: try Zstandard.frame(of: block, setting)
    }
  }

  /// Bytes that the library holds while it compresses a block of `size` bytes, the block and the
  /// result not counted: what the caller divides memory by.
  public func workingMemory(blockSize size: Int) -> Int {
    switch format {
    case .plain: 0
    case .gzip: setting == .small ? 10 << 20 : 1 << 20
    case .xz: XZ.workingMemory(blockSize: size, setting)
    case .zstd: setting == .small ? 8 * size + (16 << 20) : size + (8 << 20)
    }
  }
}

public import Compression

/// What kind of file an image is. Every one is the same tar stream; the extension is for people,
/// since WSL looks at the bytes only.
public enum ImageFormat: String, Hashable, Codable, Sendable, CaseIterable {
  /// A gzip tarball that a double-click installs.
  case wsl
  case tarGzip = "tar.gz"
  case tar
  case tarXZ = "tar.xz"
  case tarZstandard = "tar.zst"

  /// The format that a file's name says, or nil.
  public init?(fileName: String) {
    let endings: [(String, ImageFormat)] = [
      (".wsl", .wsl), (".tar.gz", .tarGzip), (".tgz", .tarGzip), (".tar.xz", .tarXZ),
      (".txz", .tarXZ), (".tar.zst", .tarZstandard), (".tar", .tar),
    ]
    guard let match = endings.first(where: { fileName.hasSuffix($0.0) }) else { return nil }
    self = match.1
  }

  public var compression: CompressionFormat {
    switch self {
    case .wsl, .tarGzip: .gzip
    case .tar: .plain
    case .tarXZ: .xz
    case .tarZstandard: .zstd
    }
  }

  /// What to warn about, or nil where every WSL reads the format.
  public var limitation: String? {
    switch self {
    case .wsl, .tarGzip, .tar: nil
    case .tarXZ: "older versions of WSL cannot import an xz tarball"
    case .tarZstandard: "WSL 1 cannot import a zstd tarball, and WSL 2 does not promise to"
    }
  }
}

/// `--compression`: how much time an image's size is worth.
public enum ImageCompression: String, Hashable, Codable, Sendable, CaseIterable {
  case fast, balanced, small
  /// The size of `balanced`, with a gzip file of one member, for readers that stop after the
  /// first. The same as `balanced` for every other format.
  case compatible

  public var setting: CompressionSetting {
    switch self {
    case .fast: .fast
    case .balanced, .compatible: .balanced
    case .small: .small
    }
  }
}

/// Everything that decides how the same tar stream becomes bytes.
struct Encoding: Hashable, Sendable {
  let compressor: BlockCompressor
  /// Whether a gzip file is one member.
  let joined: Bool

  init(_ format: ImageFormat, _ compression: ImageCompression) {
    compressor = BlockCompressor(format.compression, compression.setting)
    joined = format.compression == .gzip && compression == .compatible
  }

  /// Whether a deflate stream that somebody else made may stand in the file as a member. In a file
  /// of one member it could not, and `small` makes it smaller.
  var takesStreams: Bool {
    compressor.format == .gzip && !joined && compressor.setting != .small
  }

  /// Bytes of the tar stream after which a member ends. It is part of what the image is, so it
  /// depends on the format alone. Deflate looks 32 KiB back; the others gain from longer blocks.
  var memberSize: Int64 {
    switch compressor.format {
    case .plain, .gzip: 1 << 20
    case .zstd: 4 << 20
    case .xz: 8 << 20
    }
  }

  /// A rough share of the tar stream's size, for the estimate of the space needed.
  var expectedPercent: Int64 {
    switch compressor.format {
    case .plain: 100
    case .gzip: 42
    case .zstd: 40
    case .xz: 35
    }
  }
}

/// One file or folder of a zip, as its directory and its local header agree to say.
public struct ZipEntry: Hashable, Sendable {
  public enum Method: UInt16, Hashable, Sendable {
    case stored = 0
    case deflated = 8
  }

  /// Relative, checked, without a trailing slash.
  public let path: String
  public let isDirectory: Bool
  public let method: Method
  /// CRC-32 of the uncompressed bytes.
  public let checksum: UInt32
  /// Bytes in the zip.
  public let compressedSize: Int64
  /// Bytes when uncompressed.
  public let size: Int64
  /// `st_mode` of the Unix file that was packed, 0 where the packer gave none.
  public let mode: UInt16
  /// Where the local header begins.
  public let headerOffset: Int64
  /// The raw bytes in the file: for ``Method/deflated`` one whole deflate stream.
  public let dataRange: Range<Int64>

  /// Whether pip would make the file executable: a regular file with any execute bit.
  public var isExecutable: Bool { mode & 0o170000 == 0o100000 && mode & 0o111 != 0 }
}

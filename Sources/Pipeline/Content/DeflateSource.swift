public import Digests
public import SystemPackage

/// The bytes of a file as a deflate stream (RFC 1951) that somebody else made: an entry of a wheel
/// in the store.
public struct DeflateSource: Hashable, Sendable {
  /// Of the file that holds the stream.
  public let artifact: SHA256Digest
  public let file: FilePath
  /// Where in ``file`` the stream is.
  public let range: Range<Int64>
  /// CRC-32 of the decoded bytes.
  public let crc: UInt32

  public init(artifact: SHA256Digest, file: FilePath, range: Range<Int64>, crc: UInt32) {
    self.artifact = artifact
    self.file = file
    self.range = range
    self.crc = crc
  }
}

/// The streams of each wheel, by the SHA-256 of what they decode to.
public typealias DeflateSources = [Origin: [SHA256Digest: DeflateSource]]

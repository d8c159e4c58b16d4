public import Content
public import Digests
internal import FileSystem
public import SystemPackage

/// One path of the final tree.
public struct TreeEntry: Hashable, Sendable {
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    case directory, file, symlink, hardlink, fifo
    case characterDevice = "character-device"
    case blockDevice = "block-device"
  }

  /// Relative, without leading slash; empty for the root.
  public let path: String
  public internal(set) var kind: Kind
  /// Permission bits with setuid, setgid and sticky.
  public internal(set) var permissions: UInt16
  public internal(set) var owner: UInt32
  public internal(set) var group: UInt32
  /// Bytes of a file; 0 for everything else.
  public internal(set) var size: Int64
  /// Seconds since 1970, never after the source date.
  public internal(set) var modified: Int64
  /// A symbolic link's text, or the path of a hard link's target.
  public internal(set) var link: String
  /// The value of `security.capability`; empty where there is none.
  public internal(set) var capability: [UInt8]
  public internal(set) var deviceMajor: UInt32 = 0
  public internal(set) var deviceMinor: UInt32 = 0
  /// Of a file's bytes; nil for everything else.
  public internal(set) var sha256: SHA256Digest?
  public internal(set) var origin: Origin
  /// The layer's directory that holds the path.
  public internal(set) var layer: FilePath

  /// Where the bytes of a file are on this machine.
  public var source: FilePath { layer.appending(path) }

  /// The last component of the path.
  var name: String { path.pathComponents.last ?? "" }
}

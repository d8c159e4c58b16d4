public import Digests

/// One entry of a package's data archive.
public struct PackageEntry: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case file = "f"
    case directory = "d"
    case symlink = "l"
    /// One more name of the earlier file ``PackageEntry/linkTarget``.
    case hardLink = "h"
    case fifo = "p"
  }

  /// Relative, without leading slash or `./`; empty for the root itself. As the package has it:
  /// aliases of a merged `/usr` are not resolved.
  public let path: String
  public let kind: Kind
  public let permissions: UInt16
  public let owner: UInt32
  public let group: UInt32
  /// Bytes; of a hard link those of its file.
  public let size: Int64
  /// Whole seconds since 1970.
  public let modified: Int64
  /// Of files and hard links.
  public let sha256: SHA256Digest?
  /// As the archive has it for a symbolic link, a path like ``path`` for a hard link.
  public let linkTarget: String?
  /// Extended attributes by name.
  public let attributes: [String: [UInt8]]
}

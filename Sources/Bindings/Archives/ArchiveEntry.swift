/// What an archive says of one entry, before its bytes.
public struct ArchiveEntry: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case file, directory, symlink
    /// One more name of an earlier entry, ``ArchiveEntry/linkTarget``.
    case hardLink
    case characterDevice, blockDevice, fifo, socket
    /// A type that libarchive does not know.
    case unknown
  }

  /// As the archive writes it: a leading `./` or `/` and a trailing `/` are still there.
  public let path: String
  public let kind: Kind
  /// Permission bits with setuid, setgid and sticky: the lower 12 bits.
  public let permissions: UInt16
  public let owner: Int64
  public let group: Int64
  /// Empty where the archive gives numbers only.
  public let ownerName: String
  public let groupName: String
  /// Bytes; nil where the archive gives them only after the content.
  public let size: Int64?
  /// Whole seconds since 1970; nil where the archive has no time.
  public let modified: Int64?
  /// Nanoseconds that ``modified`` leaves over.
  public let modifiedNanoseconds: Int
  /// The target of a symbolic or hard link, as the archive writes it.
  public let linkTarget: String?
  public let deviceMajor: UInt32
  public let deviceMinor: UInt32
  /// Extended attributes by name (`security.capability`).
  public let attributes: [String: [UInt8]]
  /// Bytes of ``size`` that the archive does not store: zeros that stand in holes.
  public let holes: Int64
  public let isEncrypted: Bool

  public var isSparse: Bool { holes > 0 }
}

import FileSystem

/// One entry of an image's tar stream, as its headers say.
public struct ImageEntry: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case file, directory, symlink, hardLink, characterDevice, blockDevice, fifo, unknown
  }

  /// As the archive writes it; bytes that are not UTF-8 become U+FFFD.
  public let name: String
  /// Relative, without `.`, empty components and outer slashes; `..` is kept. Empty for the root.
  public let path: String
  public let kind: Kind
  /// The lower 12 bits.
  public let permissions: UInt16
  public let owner: Int64
  public let group: Int64
  public let ownerName: String
  public let groupName: String
  /// Bytes of the file; where it is sparse, with its holes.
  public let size: Int64
  /// As the archive writes it; empty where there is none.
  public let linkTarget: String
  /// Extended attributes of `SCHILY.xattr` and `LIBARCHIVE.xattr` records.
  public let attributes: [String]
  /// POSIX ACLs, as the archive writes them.
  public let accessLists: [String]
  /// `path` or `linkpath` where a PAX record gives it with bytes outside ASCII.
  public let nonASCIIRecords: [String]
  /// nil where the content is no ELF file.
  public internal(set) var elf: ELFIdentity?

  /// The path that a hard link names.
  var hardLinkPath: String { linkTarget.plainPath }
}

/// What the first bytes of an ELF file say.
public struct ELFIdentity: Hashable, Sendable {
  public let is64Bit: Bool
  /// `e_machine`.
  public let machine: UInt16

  init?(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes.prefix(20))
    guard bytes.count == 20, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return nil }
    is64Bit = bytes[4] == 2
    let isLittle = bytes[5] != 2
    machine = UInt16(bytes[isLittle ? 18 : 19]) | UInt16(bytes[isLittle ? 19 : 18]) << 8
  }
}

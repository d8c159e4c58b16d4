import Archives
import Digests
import FileSystem
public import SystemPackage

/// An image read once from its first to its last byte: every header, and the content of the small
/// files that rules judge. Memory grows with the number of entries, not with their bytes.
public struct ImageScan: Sendable {
  public enum Compression: String, Hashable, Codable, Sendable {
    case none, gzip, xz, zstd, bzip2
  }

  public let compression: Compression
  /// In the order of the stream.
  public let entries: [ImageEntry]
  let damage: TarBlocks.Damage?

  /// Whether there was more, for all that one can see, than could be read.
  var endsEarly: Bool {
    switch damage {
    case .badHeader, .badRecord, .truncated: true
    case .noEndMarker, nil: false
    }
  }

  let trailingData: Int64?
  let contents: PathTable<[UInt8]>

  /// - Throws: ``VerificationError/Code/cannotRead``, also where not even the first entry can be read:
  ///   of a file that is no image every rule would complain. A damaged archive is a finding instead.
  public static func scan(_ image: FilePath) throws(VerificationError) -> ImageScan {
    let compression: Compression
    var blocks = TarBlocks(keeping: InterestingFiles.limit)
    do throws(FileError) { compression = try self.compression(of: image) } catch {
      throw VerificationError(.cannotRead, image, cause: error)
    }
    var isCut = false
    do throws(ArchiveError) {
      try read(image, into: &blocks)
    } catch {
      guard !blocks.entries.isEmpty else {
        throw VerificationError(.cannotRead, image, cause: error)
      }
      isCut = true
    }
    blocks.finish()
    if blocks.entries.isEmpty, !Task.isCancelled {
      throw VerificationError(.cannotRead, image, reason: noEntries(blocks.damage))
    }
    return ImageScan(
      compression: compression, entries: blocks.entries,
      damage: blocks.damage ?? (isCut ? .truncated : nil), trailingData: blocks.trailingData,
      contents: blocks.contents)
  }

  private static func noEntries(_ damage: TarBlocks.Damage?) -> String {
    switch damage {
    case .badHeader?, .badRecord?: "it does not begin as a tar archive does"
    case .truncated?: "it ends before its first entry does"
    case .noEndMarker?, nil: "it is a tar archive without an entry"
    }
  }

  private static func read(
    _ image: FilePath, into blocks: inout TarBlocks
  ) throws(ArchiveError) {
    var reader = try ArchiveReader.open(
      image, formats: .raw, filters: .all, warnings: .areKept)
    guard try reader.next() != nil else { return }
    var more = true
    while more, !Task.isCancelled {
      var bytes: [UInt8] = []
      more = try reader.nextChunk(failure: { $0 }) { (chunk) throws(ArchiveError) in
        unsafe chunk.withUnsafeBytes { unsafe bytes = Array($0) }
      }
      blocks.consume(bytes)
    }
    try reader.finish()
  }

  private static func compression(of image: FilePath) throws(FileError) -> Compression {
    let start = try ReadableFile(image).bytes(at: 0, upTo: 6)
    return switch start {
    case _ where start.starts(with: [0x1F, 0x8B]): .gzip
    case _ where start.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]): .xz
    case _ where start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]): .zstd
    case _ where start.starts(with: Array("BZh".utf8)): .bzip2
    default: .none
    }
  }
}

/// The files whose content rules read.
enum InterestingFiles {
  private static let exact: Set<String> = [
    "etc/default/locale", "etc/environment", "etc/fstab", "etc/group", "etc/ld.so.conf",
    "etc/locale.conf", "etc/locale.gen", "etc/machine-id", "etc/os-release", "etc/passwd",
    "etc/profile", "etc/shadow", "etc/sudoers",
    "etc/wsl-distribution.conf", "etc/wsl.conf", "usr/lib/os-release", "var/lib/dbus/machine-id",
  ]
  private static let folders = ["etc/ld.so.conf.d/", "etc/profile.d/", "etc/sudoers.d/"]
  /// Where icon and Terminal profile are.
  private static let shownFolders = ["usr/lib/wsl/", "usr/share/wsl/"]
  static let dpkgStatus = "var/lib/dpkg/status"

  /// How many bytes of an entry's content to keep. The folders' files are small or of no interest.
  static func limit(_ entry: ImageEntry) -> Int {
    if entry.path == dpkgStatus { return 64 << 20 }
    if exact.contains(entry.path) { return 1 << 20 }
    if shownFolders.contains(where: { entry.path.hasPrefix($0) }) {
      return entry.size <= AcceptanceRules.sizeLimit ? 1 << 20 : 0
    }
    guard entry.path.hasPrefix("etc/") else { return 0 }
    return folders.contains { entry.path.hasPrefix($0) } ? 64 << 10 : 0
  }
}

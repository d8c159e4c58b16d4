internal import FileSystem
public import SystemPackage

/// The directory of a zip, held against every local header and against the whole file.
///
/// What it accepts has one meaning only: entries lie one behind the other from the first byte to
/// the directory, no name leaves the tree or comes twice, and both places that describe an entry
/// agree. The raw range of each entry is known, so a deflate stream can be copied as it is.
/// Source: PKWARE's APPNOTE 6.3.10; what it refuses beyond that, no wheel of PyPI has.
public struct ZipDirectory: Hashable, Sendable {
  /// What a zip may ask for before it is refused.
  public struct Limits: Hashable, Sendable {
    public var entries: Int
    /// Bytes of the directory, which is held in memory.
    public var directoryBytes: Int
    /// Bytes of all entries, uncompressed.
    public var unpackedBytes: Int64

    public init(
      entries: Int = 1 << 18, directoryBytes: Int = 64 << 20, unpackedBytes: Int64 = 64 << 30
    ) {
      self.entries = entries
      self.directoryBytes = directoryBytes
      self.unpackedBytes = unpackedBytes
    }
  }

  /// In the order of the directory.
  public let entries: [ZipEntry]

  /// Bytes of all entries, uncompressed.
  public var unpackedSize: Int64 { entries.reduce(0) { $0 + $1.size } }

  /// Reads and checks a zip's directory; of the entries only the headers are read.
  ///
  /// - Parameter name: what errors call the file; its last component where absent.
  public static func read(
    _ path: FilePath, name: String? = nil, limits: Limits = Limits()
  ) throws(WheelError) -> ZipDirectory {
    let file = try ZipFile(path, name: name ?? path.lastComponent?.string ?? path.string)
    let end = try ZipEnd.read(file)
    guard end.entries <= UInt64(limits.entries),
      end.directory.count <= limits.directoryBytes
    else {
      throw file.defect(
        .tooLarge,
        "it has \(end.entries) entries, their directory \(end.directory.count) bytes")
    }
    let records = try centralRecords(file, end)
    try checkNames(records, file)
    let entries = try locate(records, file, directoryStart: end.directory.lowerBound)
    try checkSizes(entries, file, limits)
    return ZipDirectory(entries: entries)
  }

  private static func centralRecords(
    _ file: borrowing ZipFile, _ end: ZipEnd
  ) throws(WheelError) -> [ZipRecord] {
    var bytes = try file.bytes(at: end.directory.lowerBound, count: end.directory.count)
    var records: [ZipRecord] = []
    records.reserveCapacity(Int(end.entries))
    for _ in 0..<Int(end.entries) {
      records.append(try ZipRecord.central(&bytes, file))
    }
    guard bytes.remaining == 0 else {
      throw file.defect(.contradictory, "its directory has more entries than its end record says")
    }
    return records
  }

  /// Exact names only: Linux tells `A` from `a`, and so do wheels.
  private static func checkNames(
    _ records: [ZipRecord], _ file: borrowing ZipFile
  ) throws(WheelError) {
    var files: PathSet = []
    var folders: PathSet = []
    for record in records {
      let isNew =
        record.isDirectory
        ? folders.insert(record.path) : files.insert(record.path)
      guard isNew else {
        throw file.defect(.duplicateName, "the name comes twice", entry: record.path)
      }
    }
    for record in records {
      var parent = record.isDirectory ? record.path : ZipName.parent(record.path)
      while !parent.isEmpty {
        guard !files.contains(parent) else {
          throw file.defect(.duplicateName, "it is a file and a folder", entry: parent)
        }
        // A folder that was seen as such has had its own parents checked.
        if !record.isDirectory, !folders.insert(parent) { break }
        parent = ZipName.parent(parent)
      }
    }
  }

  private static func checkSizes(
    _ entries: [ZipEntry], _ file: borrowing ZipFile, _ limits: Limits
  ) throws(WheelError) {
    var total: Int64 = 0
    for entry in entries {
      switch entry.method {
      case .stored where entry.size != entry.compressedSize:
        throw file.defect(
          .contradictory, "it is stored as it is, and yet its two sizes differ", entry: entry.path)
      // Deflate cannot do better than 258 bytes for 2 bits.
      case .deflated where entry.size / 1032 > entry.compressedSize:
        throw file.defect(
          .contradictory, "\(entry.compressedSize) compressed bytes cannot become \(entry.size)",
          entry: entry.path)
      default: break
      }
      total += entry.size
      guard total <= limits.unpackedBytes else {
        throw file.defect(.tooLarge, "its entries have more than \(limits.unpackedBytes) bytes")
      }
    }
  }
}

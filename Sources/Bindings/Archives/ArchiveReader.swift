internal import CArchive
public import SystemPackage

/// A stream of archive entries, read once from the beginning to the end, by libarchive.
///
/// ``finish()`` is success; letting the value go without it frees everything. Names need a UTF-8
/// `LC_CTYPE`, which the program sets first thing.
@safe public struct ArchiveReader: ~Copyable {
  /// Which archive formats the caller expects; anything else is ``ArchiveError/Code/damaged``.
  public struct Formats: OptionSet, Hashable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let ar = Formats(rawValue: 1)
    /// ustar, pax and GNU tar.
    public static let tar = Formats(rawValue: 2)
    /// Read by its directory at the end; needs a file or bytes in memory.
    public static let zip = Formats(rawValue: 4)
    /// Any bytes at all, as one entry: what the filters decompress, without an archive's frame.
    public static let raw = Formats(rawValue: 8)
  }

  /// Which compressions the caller expects; uncompressed is always accepted.
  public struct Filters: OptionSet, Hashable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let none: Filters = []
    /// libarchive does not check its CRC: have the digest of the whole file checked.
    public static let gzip = Filters(rawValue: 1)
    public static let xz = Filters(rawValue: 2)
    public static let zstd = Filters(rawValue: 4)
    public static let bzip2 = Filters(rawValue: 8)
    public static let all: Filters = [.gzip, .xz, .zstd, .bzip2]
  }

  /// What a warning of libarchive is: a problem that lost something of one entry.
  public enum Warnings: Hashable, Sendable {
    case areErrors
    /// Kept in ``ArchiveReader/warnings``.
    case areKept
  }

  /// Path or name, for errors.
  public let name: String
  /// What libarchive warned of, where warnings are kept.
  public private(set) var warnings: [ArchiveError] = []

  let handle: OpaquePointer
  private let warningPolicy: Warnings
  /// Keeps alive what libarchive reads from.
  private var source: AnyObject?
  private(set) var current: ArchiveEntry?
  var position: Int64 = 0
  /// Bytes of the holes that were filled, of all entries.
  var filledHoles: Int64 = 0

  private init(name: String, handle: OpaquePointer, warnings: Warnings) {
    self.name = name
    unsafe self.handle = handle
    warningPolicy = warnings
  }

  private static func make(
    _ name: String, _ formats: Formats, _ filters: Filters, _ warnings: Warnings
  ) throws(ArchiveError) -> ArchiveReader {
    guard let handle = unsafe archive_read_new() else {
      throw ArchiveError(.noMemory, archive: name)
    }
    var reader = unsafe ArchiveReader(name: name, handle: handle, warnings: warnings)
    try reader.allow(formats, filters)
    return reader
  }

  /// A failure to open is the system's, with its `errno`, or the content's.
  private func openError() -> ArchiveError {
    let number = unsafe archive_errno(handle)
    return error(number > 0 && number != EILSEQ ? .cannotOpen : .damaged)
  }

  private mutating func allow(_ formats: Formats, _ filters: Filters) throws(ArchiveError) {
    if formats.contains(.ar) { try configure(unsafe archive_read_support_format_ar(handle)) }
    if formats.contains(.tar) { try configure(unsafe archive_read_support_format_tar(handle)) }
    if formats.contains(.zip) {
      try configure(unsafe archive_read_support_format_zip_seekable(handle))
    }
    if formats.contains(.raw) { try configure(unsafe archive_read_support_format_raw(handle)) }
    if filters.contains(.gzip) { try configure(unsafe archive_read_support_filter_gzip(handle)) }
    if filters.contains(.xz) { try configure(unsafe archive_read_support_filter_xz(handle)) }
    if filters.contains(.zstd) { try configure(unsafe archive_read_support_filter_zstd(handle)) }
    if filters.contains(.bzip2) { try configure(unsafe archive_read_support_filter_bzip2(handle)) }
    if formats.contains(.tar) {
      // Goes on behind the end-of-archive blocks, so that the compressed stream is read to its
      // end and its check sum is checked; entries hidden there are not overlooked either.
      try configure(
        unsafe archive_read_set_option(handle, "tar", "read_concatenated_archives", "1"))
    }
  }

  /// Opens a file.
  public static func open(
    _ path: FilePath, formats: Formats, filters: Filters = .none, warnings: Warnings = .areErrors
  ) throws(ArchiveError) -> ArchiveReader {
    let reader = try make(path.string, formats, filters, warnings)
    let status = unsafe path.withPlatformString {
      unsafe archive_read_open_filename(reader.handle, $0, 1 << 17)
    }
    guard status == ARCHIVE_OK else { throw reader.openError() }
    return reader
  }

  /// Opens bytes in memory.
  ///
  /// - Parameter name: for errors.
  public static func open(
    bytes: [UInt8], name: String, formats: Formats, filters: Filters = .none,
    warnings: Warnings = .areErrors
  ) throws(ArchiveError) -> ArchiveReader {
    var reader = try make(name, formats, filters, warnings)
    let source = MemorySource(bytes)
    reader.source = source
    let status = unsafe archive_read_open_memory(
      reader.handle, source.buffer.baseAddress, source.buffer.count)
    guard status == ARCHIVE_OK else { throw reader.openError() }
    return reader
  }

  /// Reads the current entry's bytes as an archive of its own, as they stream by: the `data.tar.xz`
  /// of a `.deb` without a copy of it.
  ///
  /// - Parameters:
  ///   - failure: turns a failure to open into the caller's error.
  ///   - body: gets the inner archive; to finish it is the body's business.
  public mutating func withNested<Value, Failure: Error>(
    formats: Formats, filters: Filters = .none, failure: (ArchiveError) -> Failure,
    _ body: (inout ArchiveReader) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    var inner: ArchiveReader
    do throws(ArchiveError) { inner = try nested(formats, filters) } catch { throw failure(error) }
    return try body(&inner)
  }

  private func nested(
    _ formats: Formats, _ filters: Filters
  ) throws(ArchiveError) -> ArchiveReader {
    let label = current.map { "\($0.path) in \(name)" } ?? name
    var reader = try Self.make(label, formats, filters, warningPolicy)
    let source = unsafe EntrySource(handle)
    reader.source = source
    let status = unsafe archive_read_open(
      reader.handle, Unmanaged.passUnretained(source).toOpaque(), nil, EntrySource.read, nil)
    guard status == ARCHIVE_OK else { throw reader.openError() }
    return reader
  }

  /// Goes to the next entry; bytes of the last one that were not read are skipped.
  ///
  /// - Returns: nil at the end of the archive.
  public mutating func next() throws(ArchiveError) -> ArchiveEntry? {
    var raw: OpaquePointer?
    current = nil
    position = 0
    guard try unsafe advance(archive_read_next_header(handle, &raw)), let raw = unsafe raw else {
      return nil
    }
    current = try unsafe Self.entry(raw, archive: name)
    return current
  }

  /// Says that the caller has read what it wanted.
  public consuming func finish() throws(ArchiveError) {
    _ = try advance(unsafe archive_read_close(handle))
  }

  /// What a status of libarchive means: the one place that knows.
  ///
  /// - Returns: false at the end of the archive or of the entry's bytes.
  mutating func advance(_ status: Int32) throws(ArchiveError) -> Bool {
    switch status {
    case ARCHIVE_OK: return true
    case ARCHIVE_EOF: return false
    case ARCHIVE_WARN:
      let warning = error(.warning)
      if warningPolicy == .areErrors { throw warning }
      warnings.append(warning)
      return true
    // A retry would go on behind what could not be read, and lose it.
    case ARCHIVE_RETRY, ARCHIVE_FAILED, ARCHIVE_FATAL: throw error(.damaged)
    default: throw error(.damaged)
    }
  }

  func error(_ code: ArchiveError.Code) -> ArchiveError {
    let reason = unsafe archive_error_string(handle).map { unsafe String(cString: $0) }
    return ArchiveError(code, archive: name, entry: current?.path, reason: reason)
  }

  private func configure(_ status: Int32) throws(ArchiveError) {
    // A filter that libarchive would run as an external program answers with a warning: kiln
    // wants its own libraries only.
    guard status == ARCHIVE_OK else { throw error(.cannotOpen) }
  }

  deinit { unsafe archive_read_free(handle) }
}

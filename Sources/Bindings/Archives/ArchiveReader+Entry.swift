internal import CArchive

extension ArchiveReader {
  /// Copies what libarchive says of the current entry.
  static func entry(
    _ raw: OpaquePointer, archive: String
  ) throws(ArchiveError) -> ArchiveEntry {
    let path = try unsafe name(
      archive_entry_pathname(raw), else: archive_entry_pathname_utf8(raw), archive)
    guard let path else { throw ArchiveError(.notUTF8, archive: archive) }
    let hardLink = try unsafe name(
      archive_entry_hardlink(raw), else: archive_entry_hardlink_utf8(raw), archive)
    let symlink = try unsafe name(
      archive_entry_symlink(raw), else: archive_entry_symlink_utf8(raw), archive)
    let hasTime = unsafe archive_entry_mtime_is_set(raw) != 0
    let hasSize = unsafe archive_entry_size_is_set(raw) != 0
    return unsafe ArchiveEntry(
      path: path, kind: hardLink == nil ? kind(archive_entry_filetype(raw)) : .hardLink,
      permissions: UInt16(truncatingIfNeeded: archive_entry_perm(raw) & 0o7777),
      owner: archive_entry_uid(raw), group: archive_entry_gid(raw),
      ownerName: try name(archive_entry_uname(raw), else: nil, archive) ?? "",
      groupName: try name(archive_entry_gname(raw), else: nil, archive) ?? "",
      size: hasSize ? archive_entry_size(raw) : nil,
      modified: hasTime ? Int64(archive_entry_mtime(raw)) : nil,
      modifiedNanoseconds: hasTime ? Int(archive_entry_mtime_nsec(raw)) : 0,
      linkTarget: hardLink ?? symlink,
      deviceMajor: UInt32(truncatingIfNeeded: archive_entry_rdevmajor(raw)),
      deviceMinor: UInt32(truncatingIfNeeded: archive_entry_rdevminor(raw)),
      attributes: attributes(raw), holes: holes(raw),
      isEncrypted: archive_entry_is_encrypted(raw) != 0)
  }

  /// libarchive gives a name in the locale's encoding where it can, and keeps UTF-8 apart.
  private static func name(
    _ local: UnsafePointer<CChar>?, else utf8: UnsafePointer<CChar>?, _ archive: String
  ) throws(ArchiveError) -> String? {
    guard let name = unsafe local ?? utf8 else { return nil }
    if let text = unsafe String(validatingCString: name) { return text }
    if let utf8 = unsafe utf8, let text = unsafe String(validatingCString: utf8) { return text }
    throw ArchiveError(.notUTF8, archive: archive, entry: unsafe String(cString: name))
  }

  private static func kind(_ type: mode_t) -> ArchiveEntry.Kind {
    switch type & mode_t(S_IFMT) {
    case mode_t(S_IFREG): .file
    case mode_t(S_IFDIR): .directory
    case mode_t(S_IFLNK): .symlink
    case mode_t(S_IFCHR): .characterDevice
    case mode_t(S_IFBLK): .blockDevice
    case mode_t(S_IFIFO): .fifo
    case mode_t(S_IFSOCK): .socket
    default: .unknown
    }
  }

  private static func holes(_ raw: OpaquePointer) -> Int64 {
    guard unsafe archive_entry_sparse_reset(raw) > 0 else { return 0 }
    var holes = unsafe archive_entry_size(raw)
    var offset: Int64 = 0
    var length: Int64 = 0
    while unsafe archive_entry_sparse_next(raw, &offset, &length) == ARCHIVE_OK {
      holes = holes.subtractingReportingOverflow(length).partialValue
    }
    // What the archive says of its parts need not fit the whole.
    return max(0, holes)
  }

  private static func attributes(_ raw: OpaquePointer) -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    guard unsafe archive_entry_xattr_reset(raw) > 0 else { return found }
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while unsafe archive_entry_xattr_next(raw, &name, &value, &size) == ARCHIVE_OK,
      let attribute = unsafe name
    {
      let bytes = unsafe UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : size)
      found[unsafe String(cString: attribute)] = unsafe Array(bytes)
    }
    return found
  }
}

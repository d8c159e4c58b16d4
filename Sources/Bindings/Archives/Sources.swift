internal import CArchive

/// Bytes in memory that libarchive reads from.
@safe final class MemorySource {
  let buffer: UnsafeMutableRawBufferPointer

  init(_ bytes: [UInt8]) {
    unsafe buffer = .allocate(byteCount: bytes.count, alignment: 16)
    unsafe buffer.copyBytes(from: bytes)
  }

  deinit { unsafe buffer.deallocate() }
}

/// The bytes of the current entry of an outer archive.
@safe final class EntrySource {
  private let outer: OpaquePointer
  private var position: Int64 = 0

  init(_ outer: OpaquePointer) { unsafe self.outer = outer }

  /// libarchive's read callback: points `start` at the next bytes, which stay valid until the next
  /// call, and returns their count; 0 is the end, -1 a failure.
  static let read:
    @convention(c) (
      OpaquePointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeRawPointer?>?
    ) -> Int = { inner, data, start in
      guard let data = unsafe data else { return -1 }
      let source = unsafe Unmanaged<EntrySource>.fromOpaque(data).takeUnretainedValue()
      return unsafe source.next(for: inner, start)
    }

  private func next(
    for inner: OpaquePointer?, _ start: UnsafeMutablePointer<UnsafeRawPointer?>?
  ) -> Int {
    var count = 0
    var offset: Int64 = 0
    // An empty block does not mean the end to the outer archive, but would to the inner one.
    while count == 0 {
      let status = unsafe archive_read_data_block(outer, start, &count, &offset)
      if status == ARCHIVE_EOF { return 0 }
      guard status == ARCHIVE_OK, offset == position else {
        let reason =
          unsafe archive_error_string(outer).map { unsafe String(cString: $0) }
          ?? "the bytes of the outer archive have a gap"
        unsafe carchive_set_error(inner, reason)
        return -1
      }
    }
    position += Int64(count)
    return count
  }
}

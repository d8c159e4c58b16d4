internal import CArchive

extension ArchiveReader {
  /// Bytes of holes that are filled in all, as registers of logins need: an archive of two kilobytes
  /// may have exbibytes of them.
  public static var mostHoles: Int64 { 1_000_000_000 }

  /// Passes the current entry's bytes to `body`, piece by piece and without gaps: holes of a sparse
  /// entry come as zeros.
  ///
  /// - Throws: ``ArchiveError/Code/wrongSize`` where the bytes are not as many as the header says,
  ///   ``ArchiveError/Code/tooLarge`` where holes of the archive have more than ``mostHoles``.
  public mutating func forEachChunk<Failure: Error>(
    failure: (ArchiveError) -> Failure, _ body: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    while try nextChunk(failure: failure, body) {}
  }

  /// Passes the next piece of the current entry's bytes to `body`.
  ///
  /// - Returns: false at their end, when `body` was not called.
  public mutating func nextChunk<Failure: Error>(
    failure: (ArchiveError) -> Failure, _ body: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    var start: UnsafeRawPointer?
    var count = 0
    var offset: Int64 = 0
    let more: Bool
    do throws(ArchiveError) {
      more = try advance(unsafe archive_read_data_block(handle, &start, &count, &offset))
      if !more { try checkEnd() }
    } catch {
      throw failure(error)
    }
    let target = more ? offset : (current?.isSparse == true ? current?.size ?? position : position)
    guard target >= position, target - position <= current?.size ?? .max else {
      throw failure(error(.wrongSize))
    }
    guard target - position <= Self.mostHoles - filledHoles else { throw failure(tooManyHoles) }
    filledHoles += target - position
    try fill(upTo: target, body)
    guard more else { return false }
    position += Int64(count)
    if count > 0 {
      try unsafe body(UnsafeRawBufferPointer(start: start, count: count).bytes)
    }
    return true
  }

  /// The current entry's bytes.
  ///
  /// - Parameter limit: more bytes than this are ``ArchiveError/Code/tooLarge``.
  public mutating func readAll(limit: Int) throws(ArchiveError) -> [UInt8] {
    var content: [UInt8] = []
    let tooLarge = ArchiveError(.tooLarge, archive: name, entry: current?.path)
    try forEachChunk(failure: { $0 }) { (chunk) throws(ArchiveError) in
      guard content.count + chunk.byteCount <= limit else { throw tooLarge }
      unsafe chunk.withUnsafeBytes { unsafe content.append(contentsOf: $0) }
    }
    return content
  }

  private func checkEnd() throws(ArchiveError) {
    guard let entry = current, entry.kind == .file, !entry.isSparse, let size = entry.size else {
      return
    }
    guard position == size else { throw error(.wrongSize) }
  }

  private var tooManyHoles: ArchiveError {
    let path = current?.path ?? ""
    return ArchiveError(
      .tooLarge, archive: name, entry: path,
      reason: "\(path) is too large: with it more than \(Self.mostHoles / 1_000_000_000) GB of the "
        + "archive's files are holes, zeros that it does not store; make the archive without it")
  }

  private mutating func fill<Failure: Error>(
    upTo target: Int64, _ body: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    guard position < target else { return }
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    while position < target {
      let count = Int(min(Int64(zeros.count), target - position))
      try unsafe body(zeros.span.bytes.extracting(first: count))
      position += Int64(count)
    }
  }
}

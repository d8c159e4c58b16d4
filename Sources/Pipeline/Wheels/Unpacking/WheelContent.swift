internal import Archives
internal import Content
internal import Digests
internal import FileSystem
internal import SystemPackage

/// The bytes of a wheel's entries, streamed, and verified as they stream.
struct WheelContent {
  let file: FilePath
  /// The wheel's name, for errors.
  let name: String
  let entries: [ZipEntry]

  /// The text of those documents that the wheel has.
  func documents(
    in infoFolder: String
  ) throws(WheelError) -> [Wheel.Document: String] {
    let wanted = Dictionary(
      uniqueKeysWithValues: Wheel.Document.allCases.map { ("\(infoFolder)/\($0.rawValue)", $0) })
    var documents: [Wheel.Document: String] = [:]
    let present = entries.filter { !$0.isDirectory && wanted[$0.path] != nil }
    try forEach(present) { (entry, reader) throws(WheelError) in
      guard let document = wanted[entry.path] else { return }
      guard entry.size <= Int64(document.longest) else {
        throw WheelError(.tooLarge, wheel: name, entry: entry.path)
      }
      let bytes: [UInt8]
      do throws(ArchiveError) { bytes = try reader.readAll(limit: document.longest) } catch {
        throw damaged(entry, error)
      }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw WheelError(
          .badMetadata, wheel: name, entry: entry.path, reason: "it is not UTF-8")
      }
      documents[document] = text
    }
    return documents
  }

  /// Writes `selection` below `tree`, whose folders exist.
  ///
  /// - Parameter digests: what each file must have; those without are only measured.
  func extract(
    _ selection: [ZipEntry], to tree: FilePath, digests: PathTable<SHA256Digest>
  ) throws(WheelError) -> [WheelFile] {
    var files: [WheelFile] = []
    try forEach(selection) { (entry, reader) throws(WheelError) in
      if Task.isCancelled { throw WheelError(.interrupted, wheel: name) }
      let digest = try write(entry, &reader, to: tree.appending(entry.path))
      if let expected = digests[entry.path], expected != digest {
        throw WheelError(
          .damagedContent, wheel: name, entry: entry.path,
          reason: "its SHA-256 is \(digest), and \(expected) in RECORD")
      }
      files.append(
        WheelFile(
          path: entry.path, isExecutable: entry.isExecutable, size: entry.size, sha256: digest,
          stream: entry.method == .deflated
            ? .init(range: entry.dataRange, crc: entry.checksum) : nil))
    }
    return files
  }

  private func write(
    _ entry: ZipEntry, _ reader: inout ArchiveReader, to path: FilePath
  ) throws(WheelError) -> SHA256Digest {
    let failure = { (error: FileError) in
      WheelError(.storage, wheel: name, entry: entry.path, cause: .file(error))
    }
    let output = try WritableFile(new: path, failure: failure)
    var hasher = Hasher256()
    var size: Int64 = 0
    try reader.forEachChunk(failure: { damaged(entry, $0) }) { (chunk) throws(WheelError) in
      size += Int64(chunk.byteCount)
      guard size <= entry.size else { throw wrongSize(entry, "more") }
      hasher.update(chunk)
      do throws(FileError) { try output.write(chunk) } catch { throw failure(error) }
    }
    guard size == entry.size else { throw wrongSize(entry, "fewer") }
    do throws(FileError) {
      try output.setPermissions(entry.isExecutable ? 0o755 : 0o644)
    } catch {
      throw failure(error)
    }
    return hasher.finish()
  }

  /// Goes to each of `selection` in the order of the file.
  private func forEach(
    _ selection: [ZipEntry],
    _ body: (ZipEntry, inout ArchiveReader) throws(WheelError) -> Void
  ) throws(WheelError) {
    var wanted = PathTable(selection.map { ($0.path, $0) })
    guard !wanted.isEmpty else { return }
    var reader: ArchiveReader
    do throws(ArchiveError) { reader = try ArchiveReader.open(file, formats: .zip) } catch {
      throw WheelError(.unreadable, wheel: name, cause: .archive(error))
    }
    while !wanted.isEmpty {
      let found: ArchiveEntry?
      do throws(ArchiveError) { found = try reader.next() } catch {
        throw WheelError(.notAZip, wheel: name, cause: .archive(error))
      }
      guard let found else { break }
      guard found.kind == .file, let entry = wanted[found.path] else { continue }
      wanted[found.path] = nil
      try body(entry, &reader)
    }
    if let missing = wanted.paths.min(by: precedes) {
      throw WheelError(
        .contradictory, wheel: name, entry: missing, reason: "libarchive does not find it")
    }
  }

  private func damaged(_ entry: ZipEntry, _ error: ArchiveError) -> WheelError {
    WheelError(.damagedContent, wheel: name, entry: entry.path, cause: .archive(error))
  }

  private func wrongSize(_ entry: ZipEntry, _ comparison: String) -> WheelError {
    WheelError(
      .damagedContent, wheel: name, entry: entry.path,
      reason: "it has \(comparison) bytes than the \(entry.size) that the zip's directory gives")
  }
}

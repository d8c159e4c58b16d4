internal import Compression
internal import Content
internal import Digests
internal import FileSystem
internal import Store
internal import SystemPackage

/// Hashes image files as they are put together. What they have in common with each other, or with an
/// image of an earlier run, at their beginning, is not read again: the store keeps what the hash had
/// come to at an ``Assembly/Mark``.
struct AssemblyDigests {
  private static let fileName = "state"

  private let store: Store
  /// By the names of marks.
  private var states: [SHA256Digest: Hasher256.State] = [:]

  init(store: Store) { self.store = store }

  /// - Throws: ``ImageError/Code/damagedSegment`` where a segment is not what it was made as,
  ///   ``ImageError/Code/changed`` where a layer's file is not.
  mutating func digest(of assembly: Assembly) throws(ImageError) -> SHA256Digest {
    var hasher = Hasher256()
    var start = 0
    for mark in assembly.marks.reversed() {
      guard let state = states[mark.name] ?? kept(mark.name) else { continue }
      hasher = Hasher256(state)
      start = mark.pieces
      break
    }
    var marks = assembly.marks.drop { $0.pieces <= start }
    var check = SealCheck(assembly.seals)
    for (index, piece) in assembly.pieces.enumerated().dropFirst(start) {
      try piece.hash(into: &hasher, &check)
      if let mark = marks.first, mark.pieces == index + 1 {
        try check.finish()
        states[mark.name] = hasher.state
        marks = marks.dropFirst()
      }
    }
    try check.finish()
    return hasher.finish()
  }

  private func kept(_ name: SHA256Digest) -> Hasher256.State? {
    guard let folder = store.result(.beginning, key: name),
      // A wrong one would be the digest of no image, and nothing else would show it.
      let bytes = try? SealedFile.read(folder.appending(Self.fileName))
    else { return nil }
    return Hasher256.State(bytes: bytes)
  }

  /// Keeps what the hashes had come to for the next run.
  func keep() async throws(ImageError) {
    for (name, state) in states {
      _ = try await store.result(.beginning, key: name, failure: { ImageError($0) }) {
        (folder) throws(ImageError) in
        do throws(FileError) {
          try SealedFile.write(state.bytes, to: folder.appending(Self.fileName))
        } catch { throw ImageError(error) }
      }
    }
  }
}

extension Piece {
  fileprivate func hash(
    into hasher: inout Hasher256, _ check: inout SealCheck
  ) throws(ImageError) {
    switch source {
    case .bytes(let bytes): hasher.update(bytes)
    case .file(let path, let range):
      let isSealed = try check.begins(path)
      do throws(FileError) {
        try Files.read(path, range, inPieces: 1 << 20) { (piece) throws(FileError) in
          guard !Task.isCancelled else {
            throw FileError(.other, "read", path, cause: .interrupted)
          }
          hasher.update(piece)
          if isSealed { check.update(piece) }
        }
      } catch {
        throw error.cause == .interrupted ? ImageError(.interrupted, "") : ImageError(error)
      }
    }
  }
}

/// Holds files against their seals while they are read, each from its beginning to its end and one
/// after the other.
private struct SealCheck: ~Copyable {
  private let seals: [FilePath: Assembly.Seal]
  private var current: FilePath?
  private var sum = CRC32()
  private var hasher = Hasher256()

  init(_ seals: [FilePath: Assembly.Seal]) { self.seals = seals }

  /// - Returns: whether the file has a seal.
  mutating func begins(_ path: FilePath) throws(ImageError) -> Bool {
    guard seals[path] != nil else { return false }
    if current != path { try finish() }
    current = path
    return true
  }

  mutating func update(_ bytes: RawSpan) {
    switch current.flatMap({ seals[$0] }) {
    case .segment: sum.update(bytes)
    case .entry: hasher.update(bytes)
    case nil: break
    }
  }

  /// Ends the file that was read last.
  mutating func finish() throws(ImageError) {
    guard let path = current, let seal = seals[path] else { return }
    current = nil
    switch seal {
    case .segment(let expected):
      guard sum.value == expected else { throw ImageError(.damagedSegment, path.string) }
      sum = CRC32()
    case .entry(let entry):
      var read = Hasher256()
      swap(&read, &hasher)
      guard read.finish() == entry.sha256 else { throw ImageError(changed: entry) }
    }
  }
}

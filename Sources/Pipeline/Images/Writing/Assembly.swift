internal import Compression
internal import Content
internal import Digests
internal import FileSystem
internal import Store
internal import SystemPackage

/// An image file as the pieces that it is put together from.
struct Assembly: Sendable {
  let pieces: [Piece]
  /// Names the bytes: over the keys of the segments and what is around them. nil where nothing is
  /// cached, and the pieces lie in the layers.
  let key: SHA256Digest?
  /// What the files of segments must be.
  let seals: [FilePath: SHA256Digest]

  var size: Int64 { pieces.reduce(0) { $0 + $1.size } }

  /// Segments, with the end of the archive behind them.
  init(_ segments: [Segment], _ encoding: Encoding, zeros: Int) throws(ImageError) {
    let end: EncodedMember
    do throws(CompressionError) {
      end = try EncodedMember([UInt8](repeating: 0, count: zeros), encoding)
    } catch {
      throw ImageError(error, "")
    }
    var pieces: [Piece] = []
    if encoding.joined { pieces.add(.bytes(Gzip.header)) }
    var join = GzipJoin()
    let all = segments.flatMap(\.pieces) + [Piece(source: .bytes(end.bytes), joint: end.joint)]
    for piece in all {
      if let joint = piece.joint { join.add(crc: joint.crc, size: joint.size) }
      pieces.add(piece.source)
    }
    if encoding.joined { pieces.add(.bytes(join.end())) }
    self.pieces = pieces
    let form = "assembly 1 \(zeros) \(encoding.joined)\n"
    key = SHA256Digest(ofText: form + segments.map(\.key.hex).joined(separator: "\n"))
    seals = Dictionary(segments.map { ($0.data, $0.seal) }) { first, _ in first }
  }

  /// A plan that is not compressed: the files themselves, with the headers between them.
  init(plain plan: ImagePlan) {
    var pieces: [Piece] = []
    for slice in plan.groups.flatMap({ $0.members.flatMap(\.slices) }) {
      let headers = TarHeader.bytes(of: slice.entry)
      let data = Int64(headers.count)..<Int64(headers.count) + slice.entry.size
      let header = slice.range.clamped(to: 0..<data.lowerBound)
      if !header.isEmpty {
        pieces.add(.bytes(Array(headers[Int(header.lowerBound)..<Int(header.upperBound)])))
      }
      let content = slice.range.clamped(to: data)
      if !content.isEmpty {
        let start = content.lowerBound - data.lowerBound
        pieces.add(.file(slice.entry.source, start..<start + Int64(content.count)))
      }
      let padding = max(0, slice.range.upperBound - max(data.upperBound, slice.range.lowerBound))
      if padding > 0 { pieces.add(.bytes([UInt8](repeating: 0, count: Int(padding)))) }
    }
    pieces.add(.bytes([UInt8](repeating: 0, count: plan.zeros)))
    self.pieces = pieces
    key = nil
    seals = [:]
  }

  /// The digests of files that are put together; what several begin with is read once.
  ///
  /// - Throws: ``ImageError/Code/damagedSegment`` where a segment is not what it was made as.
  static func digests(of assemblies: [Assembly]) throws(ImageError) -> [SHA256Digest] {
    guard let first = assemblies.first else { return [] }
    var shared = first.pieces[...]
    for other in assemblies.dropFirst() {
      let count = zip(shared, other.pieces).prefix { $0 == $1 }.count
      shared = shared.prefix(count)
    }
    var beginning = Hasher256()
    var check = SealCheck(assemblies.map(\.seals))
    for piece in shared { try piece.hash(into: &beginning, &check) }
    try check.finish()
    var digests: [SHA256Digest] = []
    for assembly in assemblies {
      var hasher = beginning.copy()
      for piece in assembly.pieces.dropFirst(shared.count) {
        try piece.hash(into: &hasher, &check)
      }
      try check.finish()
      digests.append(hasher.finish())
    }
    return digests
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

/// Holds the files of segments against their digests while they are read, each from its beginning to
/// its end and one after the other.
private struct SealCheck: ~Copyable {
  private let seals: [FilePath: SHA256Digest]
  private var current: FilePath?
  private var hasher = Hasher256()

  init(_ seals: [[FilePath: SHA256Digest]]) {
    self.seals = seals.reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }
  }

  /// - Returns: whether the file has a seal.
  mutating func begins(_ path: FilePath) throws(ImageError) -> Bool {
    guard seals[path] != nil else { return false }
    if current != path { try finish() }
    current = path
    return true
  }

  mutating func update(_ bytes: RawSpan) { hasher.update(bytes) }

  /// Ends the file that was read last.
  mutating func finish() throws(ImageError) {
    guard let path = current else { return }
    let actual = hasher.copy().finish()
    current = nil
    hasher = Hasher256()
    guard actual == seals[path] else { throw ImageError(.damagedSegment, path.string) }
  }
}

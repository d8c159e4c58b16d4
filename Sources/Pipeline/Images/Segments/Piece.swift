internal import SystemPackage

/// Some bytes of an image file, and where they are.
struct Piece: Hashable, Sendable {
  enum Source: Hashable, Sendable {
    case bytes([UInt8])
    case file(FilePath, Range<Int64>)
  }

  let source: Source
  /// Of a member of a joined gzip file.
  var joint: EncodedMember.Joint?

  var size: Int64 {
    switch source {
    case .bytes(let bytes): Int64(bytes.count)
    case .file(_, let range): Int64(range.count)
    }
  }
}

extension [Piece] {
  /// Adds a piece, as more of the last one where it is the next part of the same file.
  mutating func add(_ source: Piece.Source) {
    switch (last?.source, source) {
    case (.file(let path, let range), .file(let next, let more))
    where path == next && range.upperBound == more.lowerBound:
      self[count - 1] = Piece(source: .file(path, range.lowerBound..<more.upperBound))
    case (.bytes(let bytes), .bytes(let more)) where bytes.count < 1 << 16:
      self[count - 1] = Piece(source: .bytes(bytes + more))
    default: append(Piece(source: source))
    }
  }
}

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
  /// What the files that it is put together from must be.
  let seals: [FilePath: Seal]
  /// Where other images may go on differently.
  let marks: [Mark]

  /// What tells that a file is as it was made, the whole of it.
  enum Seal: Hashable, Sendable {
    /// The CRC-32 of a segment's file.
    case segment(UInt32)
    /// A file of a layer, which must have its entry's digest.
    case entry(TreeEntry)
  }

  /// A place between segments of different kinds, or behind the last.
  struct Mark: Hashable, Sendable {
    /// How many pieces are before it.
    let pieces: Int
    /// Names the bytes before it.
    let name: SHA256Digest
  }

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
    var marks = Marks(encoding)
    var join = GzipJoin()
    func add(_ piece: Piece) {
      if let joint = piece.joint { join.add(crc: joint.crc, size: joint.size) }
      pieces.add(piece.source)
    }
    if encoding.joined { pieces.add(.bytes(Gzip.header)) }
    for (index, segment) in segments.enumerated() {
      segment.pieces.forEach(add)
      marks.pass(segment)
      if index + 1 == segments.count || segments[index + 1].origin != segment.origin {
        marks.set(behind: pieces.count)
      }
    }
    add(Piece(source: .bytes(end.bytes), joint: end.joint))
    if encoding.joined { pieces.add(.bytes(join.end())) }
    self.pieces = pieces
    self.marks = marks.all
    let form = "assembly 1 \(zeros) \(encoding.joined)\n"
    key = SHA256Digest(ofText: form + segments.map(\.key.hex).joined(separator: "\n"))
    seals = Dictionary(segments.map { ($0.data, .segment($0.seal)) }) { first, _ in first }
  }

  /// A plan that is not compressed: the files themselves, with the headers between them.
  init(plain plan: ImagePlan) {
    var pieces: [Piece] = []
    var seals: [FilePath: Seal] = [:]
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
        seals[slice.entry.source] = .entry(slice.entry)
      }
      let padding = max(0, slice.range.upperBound - max(data.upperBound, slice.range.lowerBound))
      if padding > 0 { pieces.add(.bytes([UInt8](repeating: 0, count: Int(padding)))) }
    }
    pieces.add(.bytes([UInt8](repeating: 0, count: plan.zeros)))
    self.pieces = pieces
    key = nil
    self.seals = seals
    marks = []
  }
}

/// The marks of segments that are passed one after the other. A mark's name is over their keys, and
/// over the files that they lie in as those stand: device, inode, size and times, as git and make
/// know theirs.
private struct Marks {
  private(set) var all: [Assembly.Mark] = []
  private var lines: [String]
  /// Whether the file system's times are too coarse to tell.
  private var isUnsure = false

  init(_ encoding: Encoding) { lines = ["beginning 1 \(encoding.joined)"] }

  mutating func pass(_ segment: Segment) {
    lines.append(segment.key.hex)
    for file in Set(segment.pieces.compactMap(\.file)).sorted(by: { $0.string < $1.string }) {
      let version = (try? Files.status(file))?.version
      if version == nil { isUnsure = true }
      lines.append("\(file) \(version ?? "")")
    }
  }

  mutating func set(behind pieces: Int) {
    if isUnsure { return }
    let name = SHA256Digest(ofText: lines.joined(separator: "\n"))
    all.append(.init(pieces: pieces, name: name))
    lines = [name.hex]
  }
}

extension Piece {
  fileprivate var file: FilePath? {
    if case .file(let path, _) = source { path } else { nil }
  }
}

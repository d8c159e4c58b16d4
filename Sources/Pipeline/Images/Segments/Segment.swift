internal import Compression
internal import Content
internal import Digests
internal import FileSystem
internal import Store
internal import SystemPackage

/// A group of an image, compressed: a result of the store.
///
///     data           what was compressed, member after member
///     data.sha256    its digest
///     index          where the members' bytes are: in `data`, or in a wheel as they are
///     index.sha256   its digest
///
/// The first line of the index ends in the CRC-32 of `data`, which is all that an image has time to
/// hold it against. The others are `data <length> <crc> <size>`, of a member's content, or
/// `wheel <sha256> <offset> <length>`.
struct Segment: Sendable {
  /// Part of every key: what an older kiln compressed in another way is not found.
  static let formatVersion = 2
  private static let header = "kiln segment \(formatVersion) "

  let key: SHA256Digest
  let pieces: [Piece]
  let data: FilePath
  /// The CRC-32 that ``data`` must have.
  let seal: UInt32
  /// Whose files it has; nil for the folders.
  let origin: Origin.Kind?

  /// - Throws: where a file that it points into is gone.
  init(
    _ key: SHA256Digest, of group: ImagePlan.Group, at folder: FilePath, in store: Store
  ) throws(ImageError) {
    self.key = key
    origin = group.origin?.kind
    let index = folder.appending("index")
    data = folder.appending("data")
    var pieces: [Piece] = []
    do throws(FileError) {
      var offset: Int64 = 0
      let lines = try Files.readText(index, limit: 1 << 30).split(separator: "\n")
      guard let first = lines.first, first.hasPrefix(Self.header),
        let seal = UInt32(first.dropFirst(Self.header.utf8.count))
      else { throw FileError(.damaged, "understand", index) }
      self.seal = seal
      for line in lines.dropFirst() {
        switch Line(line) {
        case .data(let length, let joint):
          pieces.append(Piece(source: .file(data, offset..<offset + length), joint: joint))
          offset += length
        case .wheel(let sha256, let range):
          guard let file = store.artifact(sha256) else {
            throw FileError(.notFound, "read", FilePath(sha256.hex), cause: .noSuchFileOrDirectory)
          }
          pieces.append(Piece(source: .file(file, range)))
        case nil: throw FileError(.damaged, "understand", index)
        }
      }
    } catch {
      throw ImageError(error)
    }
    self.pieces = pieces
  }

  fileprivate static func index(_ lines: String, seal: UInt32) -> String {
    "\(header)\(seal)\n\(lines)"
  }

  /// A line of the index.
  enum Line {
    case data(length: Int64, EncodedMember.Joint)
    case wheel(SHA256Digest, Range<Int64>)

    init?(_ text: Substring) {
      let fields = text.split(separator: " ")
      guard fields.count == 4 else { return nil }
      switch fields[0] {
      case "data":
        guard let length = Int64(fields[1]), let crc = UInt32(fields[2]), let size = Int(fields[3]),
          length >= 0, length < 1 << 44
        else { return nil }
        self = .data(length: length, .init(crc: crc, size: size))
      case "wheel":
        guard let digest = SHA256Digest(hex: fields[1]), let offset = Int64(fields[2]),
          let length = Int64(fields[3]), (0..<1 << 44).contains(offset),
          (0..<1 << 44).contains(length)
        else { return nil }
        self = .wheel(digest, offset..<offset + length)
      default: return nil
      }
    }

    var text: String {
      switch self {
      case .data(let length, let joint): "data \(length) \(joint.crc) \(joint.size)"
      case .wheel(let sha256, let range): "wheel \(sha256.hex) \(range.lowerBound) \(range.count)"
      }
    }
  }
}

/// Writes a segment into a folder, member after member.
struct SegmentWriter: ~Copyable {
  private let folder: FilePath
  private let data: WritableFile
  private var hasher = Hasher256()
  private var seal = CRC32()
  private var lines = ""

  init(_ folder: FilePath) throws(ImageError) {
    self.folder = folder
    data = try WritableFile(new: folder.appending("data")) { ImageError($0) }
  }

  mutating func add(_ bytes: [UInt8], _ joint: EncodedMember.Joint) throws(ImageError) {
    do throws(FileError) { try data.write(bytes) } catch { throw ImageError(error) }
    hasher.update(bytes)
    unsafe seal.update(bytes.span.bytes)
    lines += Segment.Line.data(length: Int64(bytes.count), joint).text + "\n"
  }

  mutating func add(_ stream: DeflateSource) {
    lines += Segment.Line.wheel(stream.artifact, stream.range).text + "\n"
  }

  consuming func finish() throws(ImageError) {
    let folder = folder
    let index = Segment.index(lines, seal: seal.value)
    let digest = Hasher256(hasher.state).finish()
    do throws(FileError) {
      try Files.write(index, to: folder.appending("index"))
      try Files.write(
        SHA256Digest(ofText: index).hex + "\n", to: folder.appending("index.sha256"))
      try Files.write(digest.hex + "\n", to: folder.appending("data.sha256"))
    } catch { throw ImageError(error) }
  }
}

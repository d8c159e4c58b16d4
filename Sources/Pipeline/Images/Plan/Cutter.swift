internal import Content
internal import Digests

/// Ends members where they are long enough, and around what is compressed already.
struct Cutter {
  /// A shorter stream is compressed again: it would cost a member of its own and the two around it,
  /// and small files are smaller together.
  private static let shortestStream: Int64 = 32 << 10

  private let limit: Int64
  private var members: [ImagePlan.Member] = []
  private var slices: [ImagePlan.Slice] = []
  private var size: Int64 = 0

  private init(memberSize: Int64) { limit = memberSize }

  static func group(
    _ origin: Origin?, _ entries: [TreeEntry], memberSize: Int64,
    streams: [SHA256Digest: DeflateSource]
  ) -> ImagePlan.Group {
    var cutter = Cutter(memberSize: memberSize)
    for entry in entries {
      if let stream = entry.sha256.flatMap({ streams[$0] }), entry.kind == .file,
        stream.range.count >= shortestStream
      {
        cutter.add(entry, as: stream)
      } else {
        cutter.add(entry)
      }
    }
    cutter.close()
    return ImagePlan.Group(origin: origin, members: cutter.members)
  }

  /// The headers end the member before, the padding begins the one behind.
  private mutating func add(_ entry: TreeEntry, as stream: DeflateSource) {
    let headers = TarHeader.length(of: entry)
    let data = headers..<headers + entry.size
    append(entry, 0..<headers)
    close()
    members.append(.init(slices: [.init(entry: entry, range: data)], stream: stream))
    let padding = TarHeader.padding(after: entry.size)
    if padding > 0 { append(entry, data.upperBound..<data.upperBound + padding) }
  }

  private mutating func add(_ entry: TreeEntry) {
    let length =
      TarHeader.length(of: entry) + entry.size + TarHeader.padding(after: entry.size)
    if length < limit {
      if size + length > limit { close() }
      append(entry, 0..<length)
      // Besides the size, a name may end a member: so a file that comes or goes changes the cut
      // until the next such name, not to the end of the group.
      if size >= limit / 4, isCut(entry.path) { close() }
      return
    }
    close()
    for start in stride(from: 0, to: length, by: Int(limit)) {
      append(entry, start..<min(start + limit, length))
      close()
    }
  }

  private mutating func close() {
    guard !slices.isEmpty else { return }
    members.append(.init(slices: slices, stream: nil))
    slices = []
    size = 0
  }

  private mutating func append(_ entry: TreeEntry, _ range: Range<Int64>) {
    slices.append(.init(entry: entry, range: range))
    size += Int64(range.count)
  }

  /// One name in sixteen, by FNV-1a.
  private func isCut(_ path: String) -> Bool {
    path.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } >> 32
      & 15 == 0
  }
}

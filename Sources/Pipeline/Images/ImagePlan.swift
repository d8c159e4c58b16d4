internal import Content
internal import Digests
internal import Locks

/// The tar stream of one tree cut into members, each compressed by itself.
///
/// Order: every folder in byte order, then files grouped by origin: packages and wheels as the lock
/// has them, then what the layers added, lowest first. A member never spans two origins, so one
/// that nothing touched is the same in every image that has the package; it ends at sizes and names
/// that depend on the tree alone, never on the number of cores.
struct ImagePlan: Sendable {
  /// A part of an entry's bytes: its headers, its data and the padding, in a row.
  struct Slice: Hashable, Sendable {
    let entry: TreeEntry
    let range: Range<Int64>
  }

  struct Member: Hashable, Sendable {
    let slices: [Slice]
    /// Zeros after the slices: the end of the archive.
    let zeros: Int64
    /// For progress: whose files these are.
    let origin: Origin?

    var size: Int64 { slices.reduce(zeros) { $0 + Int64($1.range.count) } }
  }

  let members: [Member]
  /// Bytes of the tar stream.
  var size: Int64 { members.reduce(0) { $0 + $1.size } }

  /// - Parameter entries: in byte order, as ``FileTree/entries`` has them.
  init(_ entries: [TreeEntry], order: OriginOrder, memberSize: Int64) {
    var cutter = Cutter(memberSize: memberSize)
    for entry in entries where entry.kind == .directory { cutter.add(entry, origin: nil) }
    cutter.close()
    let files = Dictionary(grouping: entries.filter { $0.kind != .directory }, by: \.origin)
    for origin in order.sorted(files.keys) {
      for entry in files[origin] ?? [] { cutter.add(entry, origin: origin) }
      cutter.close()
    }
    members = cutter.finish()
  }
}

/// Ends members where they are long enough.
private struct Cutter {
  private let limit: Int64
  private var members: [ImagePlan.Member] = []
  private var slices: [ImagePlan.Slice] = []
  private var size: Int64 = 0
  private var total: Int64 = 0
  private var origin: Origin?

  init(memberSize: Int64) { limit = memberSize }

  mutating func add(_ entry: TreeEntry, origin: Origin?) {
    self.origin = origin
    let headers = Int64(TarHeader.bytes(of: entry).count)
    let length = headers + entry.size + TarHeader.padding(after: entry.size)
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

  mutating func close() {
    guard !slices.isEmpty else { return }
    members.append(.init(slices: slices, zeros: 0, origin: origin))
    slices = []
    size = 0
  }

  /// The end of the archive: two blocks of zeros, and as many as fill GNU tar's record of 20.
  mutating func finish() -> [ImagePlan.Member] {
    close()
    let record: Int64 = 20 * 512
    let zeros = 1024 + (record - (total + 1024) % record) % record
    return members + [.init(slices: [], zeros: zeros, origin: nil)]
  }

  private mutating func append(_ entry: TreeEntry, _ range: Range<Int64>) {
    slices.append(.init(entry: entry, range: range))
    size += Int64(range.count)
    total += Int64(range.count)
  }

  /// One name in sixteen, by FNV-1a.
  private func isCut(_ path: String) -> Bool {
    path.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } >> 32
      & 15 == 0
  }
}

/// The order of origins in an image.
struct OriginOrder: Sendable {
  private var ranks: [Origin: Int] = [:]

  init(artifacts: [Artifact], layers: [Layer]) {
    for artifact in artifacts {
      add(Origin(artifact.kind.origin, name: artifact.name, version: artifact.version))
    }
    let carried = layers.flatMap { $0.origins + [$0.origin] }
    // Packages and wheels that the lock does not have stand before what was made from them.
    for origin in carried where origin.kind == .package || origin.kind == .wheel { add(origin) }
    for origin in carried { add(origin) }
  }

  private mutating func add(_ origin: Origin) {
    if ranks[origin] == nil { ranks[origin] = ranks.count }
  }

  func sorted(_ origins: some Sequence<Origin>) -> [Origin] {
    origins.sorted { left, right in
      let ranks = (ranks[left] ?? .max, ranks[right] ?? .max)
      return ranks.0 == ranks.1 ? left < right : ranks.0 < ranks.1
    }
  }
}

extension Artifact.Kind {
  fileprivate var origin: Origin.Kind {
    switch self {
    case .package: .package
    case .wheel: .wheel
    case .base: .base
    case .archive: .archive
    }
  }
}

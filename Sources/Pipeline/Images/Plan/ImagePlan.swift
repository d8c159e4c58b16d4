internal import Content

/// The tar stream of one tree cut into groups and members, each member compressed by itself.
///
/// Order: every folder in byte order, then files grouped by origin: packages and wheels as the lock
/// has them, then what the layers added, lowest first. A group that nothing touched is the same in
/// every image that has the package; its members end at sizes and names that depend on the tree
/// alone, never on the number of cores.
struct ImagePlan: Sendable {
  /// A part of an entry's bytes: its headers, its data and the padding, in a row.
  struct Slice: Hashable, Sendable {
    let entry: TreeEntry
    let range: Range<Int64>
  }

  struct Member: Hashable, Sendable {
    let slices: [Slice]
    /// Where the bytes of the slices are compressed already.
    let stream: DeflateSource?

    var size: Int64 { slices.reduce(0) { $0 + Int64($1.range.count) } }
  }

  struct Group: Hashable, Sendable {
    /// Whose files these are; nil for the folders.
    let origin: Origin?
    let members: [Member]

    var size: Int64 { members.reduce(0) { $0 + $1.size } }
    /// Bytes of those members that are not compressed already.
    var sizeToCompress: Int64 { members.reduce(0) { $0 + ($1.stream == nil ? $1.size : 0) } }
    /// The files that several members share, once each.
    var splitFiles: [TreeEntry] {
      members.filter { $0.stream == nil }.compactMap(\.slices.first).filter {
        $0.entry.kind == .file && $0.range.lowerBound == 0
          && Int64($0.range.count) < TarHeader.length(of: $0.entry) + $0.entry.size
      }.map(\.entry)
    }

    /// For progress and errors.
    var name: String { origin?.described ?? "folders" }
  }

  let groups: [Group]
  /// Zeros after the groups: two blocks end an archive, and GNU tar's record of 20 is filled.
  let zeros: Int
  /// Bytes of the tar stream.
  let size: Int64

  /// - Parameters:
  ///   - entries: in byte order, as ``FileTree/entries`` has them.
  ///   - streams: deflate streams that may stand in the image as they are.
  init(
    _ entries: [TreeEntry], order: OriginOrder, memberSize: Int64, streams: DeflateSources = [:]
  ) {
    let folders = Cutter.group(
      nil, entries.filter { $0.kind == .directory }, memberSize: memberSize, streams: [:])
    let files = Dictionary(grouping: entries.filter { $0.kind != .directory }, by: \.origin)
    groups =
      [folders]
      + order.sorted(files.keys).map { origin in
        Cutter.group(
          origin, files[origin] ?? [], memberSize: memberSize, streams: streams[origin] ?? [:])
      }
    let content = groups.reduce(0) { $0 + $1.size }
    let record = Int64(20 * TarHeader.blockSize)
    let end = Int64(2 * TarHeader.blockSize)
    zeros = Int(end + (record - (content + end) % record) % record)
    size = content + Int64(zeros)
  }
}

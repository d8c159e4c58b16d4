internal import Compression
internal import Concurrency
internal import Content
internal import Digests
internal import FileSystem
public import Store
internal import Synchronization
internal import SystemPackage

/// Where compressed groups come from: the store has those of earlier images, and keeps the new ones.
public struct SegmentStore: Sendable {
  let store: Store
  let jobs: Int
  private let pool: WorkPool

  /// What compressing may hold at a time: the whole program stays below 512 MiB.
  private static let memory = 320 << 20

  /// - Parameter jobs: how many members are compressed at once.
  public init(store: Store, jobs: Int) {
    self.store = store
    self.jobs = max(1, jobs)
    pool = WorkPool(limit: jobs)
  }

  /// Leaves a core to others, the maintainer scripts that run meanwhile, or takes all again.
  public func yieldCore(_ yields: Bool) { pool.setLimit(yields ? max(1, jobs - 1) : jobs) }

  /// The segments of groups, in their order; those that the store lacks are made, the largest first.
  func segments(
    of groups: [ImagePlan.Group], _ encoding: Encoding, progress: SegmentProgress
  ) async throws(ImageError) -> [Segment] {
    let keys = groups.map { $0.key(encoding) }
    var found: [Int: Segment] = [:]
    for (index, key) in keys.enumerated() {
      guard let folder = store.result(.segment, key: key) else { continue }
      found[index] = try Segment(key, of: groups[index], at: folder, in: store)
      progress.add(groups[index].size, groups[index].name)
    }
    let missing = groups.indices.filter { found[$0] == nil }.sorted {
      (groups[$1].size, $0) < (groups[$0].size, $1)
    }
    let size = missing.reduce(0) { $0 + groups[$1].sizeToCompress }
    try ImageError.requireSpace(size / 100 * encoding.expectedPercent, at: store.root)
    let made = try await missing.mapConcurrently(limit: jobs) {
      (index) async throws(ImageError) -> (Int, Segment) in
      (index, try await make(groups[index], keys[index], encoding, progress))
    }
    for (index, segment) in made { found[index] = segment }
    return groups.indices.compactMap { found[$0] }
  }

  private func make(
    _ group: ImagePlan.Group, _ key: SHA256Digest, _ encoding: Encoding, _ progress: SegmentProgress
  ) async throws(ImageError) -> Segment {
    let result = try await store.result(.segment, key: key, failure: { ImageError($0) }) {
      (folder) async throws(ImageError) in
      var writer = try SegmentWriter(folder)
      try await inOrder(
        group.members, in: pool, weight: weight(encoding),
        make: { (member) throws(ImageError) in try EncodedMember(of: member, encoding) },
        take: { (member, encoded) throws(ImageError) in
          if let encoded { try writer.add(encoded.bytes, encoded.joint) }
          if let stream = member.stream {
            let none = EncodedMember.Joint(crc: 0, size: 0)
            try writer.add(Gzip.header, none)
            writer.add(stream)
            try writer.add(Gzip.trailer(crc: stream.crc, size: Int(member.size)), none)
          }
          progress.add(member.size, group.name)
        })
      // Files that one member has whole were held against their digests there.
      for entry in group.splitFiles {
        try Task.refuseIfCancelled()
        try entry.verify()
      }
      try writer.finish()
    }
    if result.reused { progress.add(group.size, group.name) }
    return try Segment(key, of: group, at: result.path, in: store)
  }

  /// Places in the pool of one member: the block, its bytes compressed, and what the library holds.
  private func weight(_ encoding: Encoding) -> Int {
    let block = Int(encoding.memberSize)
    let each = encoding.compressor.workingMemory(blockSize: block) + 4 * block
    let atOnce = max(1, Self.memory / each)
    return max(1, (jobs + atOnce - 1) / atOnce)
  }
}

extension EncodedMember {
  /// - Returns: nil for a member whose bytes are compressed already.
  fileprivate init?(of member: ImagePlan.Member, _ encoding: Encoding) throws(ImageError) {
    guard member.stream == nil else { return nil }
    let content = try MemberContent(member)
    do throws(CompressionError) { self = try EncodedMember(content.bytes, encoding) } catch {
      throw ImageError(error, member.slices.first?.entry.path ?? "")
    }
  }
}

/// How far the members of a run are, in bytes of the tar streams; never backwards.
final class SegmentProgress: Sendable {
  private let done = Mutex<Int64>(0)
  private let sink: ProgressSink

  init(_ sink: @escaping ProgressSink) { self.sink = sink }

  func add(_ bytes: Int64, _ item: String) {
    done.withLock { done in
      done += bytes
      sink(.advanced(.image, done: done, item: item))
    }
  }
}

internal import Compression
internal import Content
internal import Digests
internal import SystemPackage

/// The members written so far, for images that have them too, and the digests found on the way.
struct ImageRun {
  private(set) var digests: [SourceFile: SHA256Digest] = [:]
  private var written: [Encoding: [ImagePlan.Member: WrittenMember]] = [:]
  private let jobs: Int
  private let progress: ProgressSink
  private var done: Int64 = 0

  /// What compressing may hold at a time: the whole program stays below 512 MiB.
  private static let memory: Int64 = 320 << 20

  init(jobs: Int, progress: @escaping ProgressSink) {
    self.jobs = jobs
    self.progress = progress
  }

  private enum Job: Sendable {
    case encode(ImagePlan.Member)
    case copy(ImagePlan.Member)
    case digest(TreeEntry)
  }

  private enum Made: Sendable {
    case member(EncodedMember, [SourceFile: SHA256Digest])
    case digest(SHA256Digest)
    case nothing
  }

  mutating func write(_ plan: ImagePlan, to output: ImageOutput) async throws(ImageError) {
    let encoding = output.encoding
    try await inOrder(
      work(plan, encoding), limit: workers(encoding),
      make: { (job: Job) throws(ImageError) in try Self.make(job, encoding) },
      take: { (job, made) throws(ImageError) in try take(job, made, output) })
  }

  private func work(_ plan: ImagePlan, _ encoding: Encoding) -> [Job] {
    plan.members.flatMap { member -> [Job] in
      if written[encoding]?[member] != nil { return [.copy(member)] }
      // A file that spans members is read once more for its digest, right after its last member,
      // while the kernel still has its pages.
      guard let last = member.slices.last, last.range.lowerBound > 0,
        digests[SourceFile(last.entry)] == nil, last.isEnd
      else { return [.encode(member)] }
      return [.encode(member), .digest(last.entry)]
    }
  }

  private func workers(_ encoding: Encoding) -> Int {
    let block = Int(encoding.memberSize)
    // The block, its bytes compressed, and two of those that wait for their turn.
    let each = encoding.compressor.workingMemory(blockSize: block) + 4 * block
    return max(1, min(jobs, Int(Self.memory) / each))
  }

  private static func make(_ job: Job, _ encoding: Encoding) throws(ImageError) -> Made {
    switch job {
    case .copy: return .nothing
    case .digest(let entry): return .digest(try Images.digest(of: entry))
    case .encode(let member):
      let content = try MemberContent(member)
      do throws(CompressionError) {
        return .member(try EncodedMember(content.bytes, encoding), content.digests)
      } catch {
        throw ImageError(error, member.slices.first?.entry.path ?? "")
      }
    }
  }

  private mutating func take(
    _ job: Job, _ made: Made, _ output: ImageOutput
  ) throws(ImageError) {
    switch (job, made) {
    case (.encode(let member), .member(let encoded, let found)):
      written[output.encoding, default: [:]][member] = try output.append(encoded)
      digests.merge(found) { $1 }
      advance(member)
    case (.copy(let member), _):
      guard let source = written[output.encoding]?[member] else { return }
      _ = try output.append(try source.output.read(source))
      advance(member)
    case (.digest(let entry), .digest(let digest)): digests[SourceFile(entry)] = digest
    default: return
    }
  }

  private mutating func advance(_ member: ImagePlan.Member) {
    done += member.size
    progress(.advanced(.image, done: done, item: member.origin?.described ?? "folders"))
  }
}

extension ImagePlan.Slice {
  /// Whether the entry's bytes end here.
  fileprivate var isEnd: Bool {
    let headers = Int64(TarHeader.bytes(of: entry).count)
    return range.upperBound == headers + entry.size + TarHeader.padding(after: entry.size)
  }
}

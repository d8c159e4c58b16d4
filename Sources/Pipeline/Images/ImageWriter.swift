internal import Compression
public import Content
internal import Digests
internal import FileSystem
internal import SystemPackage

/// Writes images: a tar stream each, compressed in members on several cores, with checksum and
/// manifest beside it.
///
/// The bytes of an image depend on its layers' content, the provenance, the format and the
/// compression only: neither on the number of jobs nor on what else is written in the same run.
public struct ImageWriter: Sendable {
  private let provenance: Provenance
  private let compression: ImageCompression
  private let jobs: Int
  private let companions: @Sendable (ImageRequest, Manifest.Image) -> [Companion]
  private let progress: ProgressSink

  /// - Parameter companions: what is written beside each image, besides checksum and manifest.
  public init(
    provenance: Provenance, compression: ImageCompression = .balanced, jobs: Int,
    companions: @escaping @Sendable (ImageRequest, Manifest.Image) -> [Companion] = { _, _ in [] },
    progress: @escaping ProgressSink
  ) {
    self.provenance = provenance
    self.companions = companions
    self.compression = compression
    self.jobs = max(1, jobs)
    self.progress = progress
  }

  /// Writes all images of `requests`; members that several have are read and compressed once.
  ///
  /// - Returns: one result a request, in their order.
  /// - Throws: ``ImageError``; then none of the files was published, and those that stood there
  ///   before still do, unless the file system failed between two renames.
  public func write(_ requests: [ImageRequest]) async throws(ImageError) -> [WrittenImage] {
    try checkTargets(requests)
    for request in requests {
      guard let limitation = request.format.limitation else { continue }
      progress(
        .noticed(
          code: ImageError.Code.limitedReaders.rawValue,
          message: "\(request.target.lastComponent?.string ?? ""): \(limitation)"))
    }
    let drafts = try drafts(requests)
    try checkSpace(drafts)
    let plans = drafts.map(\.plan)
    progress(.started(.image, total: plans.reduce(0) { $0 + $1.size }, unit: .bytes))
    var run = ImageRun(jobs: jobs, progress: progress)
    var sums: [SHA256Digest] = []
    var outputs: [ImageOutput] = []
    for (draft, plan) in zip(drafts, plans) {
      let output = try ImageOutput(draft.request, draft.encoding)
      try await run.write(plan, to: output)
      sums.append(try output.finish())
      outputs.append(output)
    }
    var written: [WrittenImage] = []
    for (draft, (output, sha256)) in zip(drafts, zip(outputs, sums)) {
      written.append(try describe(draft, output, sha256, run.digests))
    }
    try publish(outputs)
    progress(.finished(.image, reused: false))
    return written
  }

  /// A request with the tree that it amounts to.
  private struct Draft {
    let request: ImageRequest
    let encoding: Encoding
    let entries: [TreeEntry]
    let order: OriginOrder

    var plan: ImagePlan { ImagePlan(entries, order: order, memberSize: encoding.memberSize) }

    /// About the file's size.
    var expectedSize: Int64 {
      entries.reduce(0) { $0 + $1.size + 1024 } / 100 * encoding.expectedPercent
    }
  }

  private func drafts(_ requests: [ImageRequest]) throws(ImageError) -> [Draft] {
    let shared = requests.map(\.layers).reduce(requests.first?.layers ?? []) { shared, layers in
      zip(shared, layers).prefix { $0 == $1 }.map(\.0)
    }
    let base = try FileTree(shared, sourceDateEpoch: provenance.sourceDateEpoch)
    var entries: [[Layer]: [TreeEntry]] = [:]
    var drafts: [Draft] = []
    for request in requests {
      if entries[request.layers] == nil {
        var tree = base
        for layer in request.layers.dropFirst(shared.count) { try tree.apply(layer) }
        entries[request.layers] = tree.entries
      }
      let entries = entries[request.layers] ?? []
      let encoding = Encoding(request.format, compression)
      let order = OriginOrder(artifacts: provenance.artifacts, layers: request.layers)
      drafts.append(
        Draft(request: request, encoding: encoding, entries: entries, order: order))
    }
    return drafts
  }

  private func describe(
    _ draft: Draft, _ output: ImageOutput, _ sha256: SHA256Digest,
    _ digests: [SourceFile: SHA256Digest]
  ) throws(ImageError) -> WrittenImage {
    let target = draft.request.target
    let writer = ManifestWriter(
      listing: TreeListing(draft.entries, order: draft.order, digests: digests),
      request: draft.request, provenance: provenance,
      image: .init(
        file: target.lastComponent?.string ?? "", format: draft.request.format,
        compression: compression, size: output.size, sha256: sha256))
    try output.describe(writer, companions(draft.request, writer.image))
    return WrittenImage(
      request: draft.request, size: output.size, sha256: sha256,
      treeDigest: writer.listing.digest, totals: writer.listing.totals,
      checksum: ImageOutput.checksumPath(target), manifest: Manifest.path(beside: target))
  }

  private func publish(_ outputs: [ImageOutput]) throws(ImageError) {
    try Task.refuseIfCancelled()
    var published: [FilePath] = []
    for output in outputs {
      do throws(FileError) {
        try output.publish { published.append($0) }
      } catch {
        for path in published { try? Files.removeFile(path) }
        throw ImageError(error)
      }
    }
  }
}

extension ImageWriter {
  private func checkTargets(_ requests: [ImageRequest]) throws(ImageError) {
    var seen: Set<FilePath> = []
    for request in requests {
      let target = request.target
      guard seen.insert(target).inserted else {
        throw ImageError(.badTarget, target.string, reason: "two images would have this name")
      }
      for path in [target, Manifest.path(beside: target), ImageOutput.checksumPath(target)] {
        let status: FileStatus?
        do throws(FileError) { status = try Files.status(path) } catch { throw ImageError(error) }
        guard status?.kind != .directory else {
          throw ImageError(.badTarget, path.string, reason: "a folder stands there")
        }
      }
    }
  }

  /// Refuses early what would surely run out of space; the estimate is on the low side.
  private func checkSpace(_ drafts: [Draft]) throws(ImageError) {
    var needed: [FilePath: Int64] = [:]
    for draft in drafts {
      let folder = draft.request.target.removingLastComponent()
      needed[folder.isEmpty ? "." : folder, default: 0] += draft.expectedSize
    }
    for (folder, bytes) in needed.sorted(by: { $0.key.string < $1.key.string }) {
      let free: Int64
      do throws(FileError) { free = try Files.freeSpace(at: folder) } catch {
        throw ImageError(error)
      }
      guard free >= bytes else {
        throw ImageError(
          .noSpace, folder.string,
          reason: "about \(ByteCount(bytes)) are needed, \(ByteCount(free)) are free")
      }
    }
  }
}

internal import Compression
internal import Concurrency
public import Content
internal import Digests
internal import FileSystem
internal import SystemPackage

/// Writes images: a tar stream each, in compressed members that the store keeps for the next image,
/// with checksum and manifest beside it.
///
/// The bytes of an image depend on its layers' content, the provenance, the format and the
/// compression only: neither on the number of jobs, nor on what the store has, nor on what else is
/// written in the same run.
public struct ImageWriter: Sendable {
  private let provenance: Provenance
  private let compression: ImageCompression
  private let segments: SegmentStore
  private let streams: DeflateSources
  private let companions: Companions
  private let progress: ProgressSink

  /// - Parameters:
  ///   - streams: of the wheels whose files the layers have: they may stand in an image as they are.
  ///   - companions: what is written beside each image.
  public init(
    provenance: Provenance, compression: ImageCompression = .balanced, segments: SegmentStore,
    streams: DeflateSources = [:], companions: Companions = .none,
    progress: @escaping ProgressSink
  ) {
    self.provenance = provenance
    self.compression = compression
    self.segments = segments
    self.streams = streams
    self.companions = companions
    self.progress = progress
  }

  /// Writes all images of `requests`; what several have is read and compressed once.
  ///
  /// - Parameter tree: of layers that the images have at the bottom, where it was made before.
  /// - Returns: one result a request, in their order.
  /// - Throws: ``ImageError``; then none of the files was published, and those that stood there
  ///   before still do, unless the file system failed between two renames.
  public func write(
    _ requests: [ImageRequest], over tree: FileTree? = nil
  ) async throws(ImageError) -> [WrittenImage] {
    try checkTargets(requests)
    for request in requests {
      guard let limitation = request.format.limitation else { continue }
      progress(
        .noticed(
          code: ImageError.Code.limitedReaders.rawValue,
          message: "\(request.target.lastComponent?.string ?? ""): \(limitation)"))
    }
    let standing = StandingImages(
      store: segments.store, provenance: provenance, compression: compression,
      companions: companions)
    if let images = standing.images(of: requests) {
      progress(.started(.image, total: 0, unit: .bytes))
      progress(.finished(.image, reused: true))
      return images
    }
    let drafts = try drafts(requests, tree)
    progress(.started(.image, total: drafts.reduce(0) { $0 + $1.plan.size }, unit: .bytes))
    let counter = SegmentProgress(progress)
    var assemblies: [Assembly] = []
    for draft in drafts { assemblies.append(try await assembly(draft, counter)) }
    async let listings = Self.listings(of: drafts)
    let files = try await put(together: assemblies, drafts)
    var written: [WrittenImage] = []
    for (index, (listing, (output, sha256))) in zip(await listings, files).enumerated() {
      written.append(
        try describe(drafts[index], listing, output, assemblies[index].size, sha256))
    }
    try publish(files.map(\.output))
    try await standing.remember(written)
    progress(.finished(.image, reused: false))
    return written
  }

  /// Compresses ahead of time what images of these layers will have of packages and wheels, should
  /// nothing above change it.
  ///
  /// Failures are not reported: writing the image meets them again.
  ///
  /// - Parameter below: the tree of an earlier preparation.
  /// - Returns: the tree of the layers, where they could be read.
  public func prepare(
    _ layers: [Layer], _ formats: Set<ImageFormat>, over below: FileTree? = nil
  ) async -> FileTree? {
    let epoch = provenance.sourceDateEpoch
    guard let tree = try? FileTree(layers, sourceDateEpoch: epoch, over: below) else { return nil }
    let entries = tree.entries
    let order = OriginOrder(artifacts: provenance.artifacts, carried: tree.origins)
    for format in formats.sorted(by: { $0.rawValue < $1.rawValue }) where format != .tar {
      let encoding = Encoding(format, compression)
      let plan = plan(entries, order, encoding)
      let settled = plan.groups.filter { $0.origin?.kind == .package || $0.origin?.kind == .wheel }
      _ = try? await segments.segments(of: settled, encoding, progress: SegmentProgress { _ in })
    }
    return tree
  }

  /// A request with the tree that it amounts to.
  private struct Draft {
    let request: ImageRequest
    let encoding: Encoding
    let entries: [TreeEntry]
    let order: OriginOrder
    let plan: ImagePlan
  }

  private func plan(
    _ entries: [TreeEntry], _ order: OriginOrder, _ encoding: Encoding
  ) -> ImagePlan {
    ImagePlan(
      entries, order: order, memberSize: encoding.memberSize,
      streams: encoding.takesStreams ? streams : [:])
  }

  private func drafts(
    _ requests: [ImageRequest], _ tree: FileTree?
  ) throws(ImageError) -> [Draft] {
    let shared = requests.map(\.layers).reduce(requests.first?.layers ?? []) { shared, layers in
      zip(shared, layers).prefix { $0 == $1 }.map(\.0)
    }
    let base = try FileTree(shared, sourceDateEpoch: provenance.sourceDateEpoch, over: tree)
    var trees: [[Layer]: (entries: [TreeEntry], order: OriginOrder)] = [:]
    var drafts: [Draft] = []
    for request in requests {
      let tree: (entries: [TreeEntry], order: OriginOrder)
      if let known = trees[request.layers] {
        tree = known
      } else {
        tree = try self.tree(of: request.layers, over: base)
        try checkSpace(for: tree.entries, requests.filter { $0.layers == request.layers })
        trees[request.layers] = tree
      }
      let encoding = Encoding(request.format, compression)
      drafts.append(
        Draft(
          request: request, encoding: encoding, entries: tree.entries, order: tree.order,
          plan: plan(tree.entries, tree.order, encoding)))
    }
    return drafts
  }

  private func tree(
    of layers: [Layer], over base: FileTree
  ) throws(ImageError) -> (entries: [TreeEntry], order: OriginOrder) {
    let tree = try FileTree(layers, sourceDateEpoch: provenance.sourceDateEpoch, over: base)
    return (tree.entries, OriginOrder(artifacts: provenance.artifacts, carried: tree.origins))
  }

  private func assembly(
    _ draft: Draft, _ counter: SegmentProgress
  ) async throws(ImageError) -> Assembly {
    guard draft.encoding.compressor.format != .plain else {
      counter.add(draft.plan.size, draft.request.format.rawValue)
      return Assembly(plain: draft.plan)
    }
    let segments = try await segments.segments(
      of: draft.plan.groups, draft.encoding, progress: counter)
    return try Assembly(segments, draft.encoding, zeros: draft.plan.zeros)
  }

  /// Writes the files and hashes what they are put together from; a file that stands there already,
  /// byte for byte, is left alone.
  private func put(
    together assemblies: [Assembly], _ drafts: [Draft]
  ) async throws(ImageError) -> [(output: ImageOutput, sha256: SHA256Digest)] {
    let known = KnownDigests(store: segments.store)
    let digests = assemblies.map { known.digest(of: $0) }
    let standing = try await drafts.indices.mapConcurrently(limit: segments.jobs) {
      (index) throws(ImageError) in
      isStanding(drafts[index].request.target, assemblies[index].size, digests[index])
    }
    let written = assemblies.indices.filter { !standing[$0] }
    async let hashed = hash(written.map { assemblies[$0] })
    var outputs: [ImageOutput] = []
    for index in drafts.indices {
      outputs.append(
        try ImageOutput(drafts[index].request, standing[index] ? nil : assemblies[index]))
    }
    var found = Dictionary(uniqueKeysWithValues: zip(written, try await hashed.get()))
    for index in written {
      if let digest = found[index] { try await known.keep(digest, of: assemblies[index]) }
    }
    for index in assemblies.indices where standing[index] { found[index] = digests[index] }
    return outputs.indices.compactMap { index in found[index].map { (outputs[index], $0) } }
  }

  private func hash(_ assemblies: [Assembly]) async -> Result<[SHA256Digest], ImageError> {
    var hashes = AssemblyDigests(store: segments.store)
    do throws(ImageError) {
      var digests: [SHA256Digest] = []
      for assembly in assemblies { digests.append(try hashes.digest(of: assembly)) }
      try await hashes.keep()
      return .success(digests)
    } catch {
      return .failure(error)
    }
  }

  private func isStanding(_ target: FilePath, _ size: Int64, _ sha256: SHA256Digest?) -> Bool {
    guard let sha256, let status = try? Files.status(target), status.kind == .file,
      status.size == size
    else { return false }
    return (try? FileDigest(of: target))?.sha256 == sha256
  }

  private static func listings(of drafts: [Draft]) async -> [TreeListing] {
    drafts.map { TreeListing($0.entries, order: $0.order) }
  }

  private func describe(
    _ draft: Draft, _ listing: TreeListing, _ output: ImageOutput, _ size: Int64,
    _ sha256: SHA256Digest
  ) throws(ImageError) -> WrittenImage {
    let target = draft.request.target
    let writer = ManifestWriter(
      listing: listing,
      request: draft.request, provenance: provenance,
      image: .init(
        file: target.lastComponent?.string ?? "", format: draft.request.format,
        compression: compression, size: size, sha256: sha256))
    try output.describe(writer, companions)
    return WrittenImage(
      request: draft.request, size: size, sha256: sha256,
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
      let beside = companions.endings.map { FilePath(target.string + $0) }
      let own = [target, Manifest.path(beside: target), ImageOutput.checksumPath(target)]
      for path in own + beside {
        let status: FileStatus?
        do throws(FileError) { status = try Files.status(path) } catch { throw ImageError(error) }
        guard status?.kind != .directory else {
          throw ImageError(.badTarget, path.string, reason: "a folder stands there")
        }
      }
    }
  }

  /// The estimate is on the low side.
  private func checkSpace(
    for entries: [TreeEntry], _ requests: [ImageRequest]
  ) throws(ImageError) {
    let size = entries.reduce(0) { $0 + $1.size + 1024 }
    var needed: [FilePath: Int64] = [:]
    for request in requests {
      let folder = request.target.removingLastComponent()
      needed[folder.isEmpty ? "." : folder, default: 0] +=
        size / 100 * Encoding(request.format, compression).expectedPercent
    }
    for (folder, bytes) in needed.sorted(by: { $0.key.string < $1.key.string }) {
      try ImageError.requireSpace(bytes, at: folder)
    }
  }
}

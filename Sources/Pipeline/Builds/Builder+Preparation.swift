internal import Content
internal import Images
internal import Recipes
internal import Rootfs
internal import Store

extension Builder {
  /// Makes a root, and meanwhile compresses its packages and wheels on the cores that maintainer
  /// scripts leave free.
  ///
  /// - Parameter make: gets whom to tell of layers that are complete.
  /// - Returns: the root, and the tree of those of its layers that were complete early.
  func preparing(
    _ request: BuildRequest, _ prepared: Prepared, _ segments: SegmentStore,
    _ make: (@escaping @Sendable (SettledLayers) -> Void) async throws(BuildError) -> Rootfs
  ) async throws(BuildError) -> (Rootfs, FileTree?) {
    let provenance = provenance(prepared, nil)
    let formats = Set(prepared.recipe.wsl.install.map { request.format(of: $0) })
    let (layers, continuation) = AsyncStream<SettledLayers>.makeStream()
    let compression = request.compression
    async let preparation: FileTree? = {
      var tree: FileTree?
      for await settled in layers {
        let writer = ImageWriter(
          provenance: provenance, compression: compression, segments: segments,
          streams: settled.streams, progress: { _ in })
        tree = await writer.prepare(settled.layers, formats, over: tree)
      }
      return tree
    }()
    segments.yieldCore(true)
    defer { continuation.finish() }
    let rootfs = try await make { continuation.yield($0) }
    segments.yieldCore(false)
    continuation.finish()
    return (rootfs, await preparation)
  }
}

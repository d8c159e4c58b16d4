internal import Content
internal import Diagnostics
public import GPUCode
internal import Images
internal import Recipes
internal import Rootfs
internal import Store
public import SystemPackage

extension Builder {
  /// What a finished root has for GPUs, where the recipe is about NVIDIA's.
  ///
  /// - Parameter tree: of the root's lower layers, where it was made before; then of the whole root.
  /// - Throws: where libraries lack code for a GPU that the recipe requires.
  func gpuFacts(
    _ prepared: Prepared, _ rootfs: Rootfs, _ tree: inout FileTree?, progress: ProgressSink
  ) throws(BuildError) -> GPUFacts? {
    let recipe = prepared.recipe
    guard let gpu = recipe.gpu, gpu.backend == .cuda || !gpu.requireArchitectures.isEmpty else {
      return nil
    }
    let entries: [TreeEntry]
    do throws(ImageError) {
      let whole = try FileTree(
        rootfs.layers, sourceDateEpoch: sourceDateEpoch(prepared.lock), over: tree)
      entries = whole.entries
      tree = whole
    } catch {
      throw BuildError(error, in: recipe.name)
    }
    var scan = GPUScan()
    do throws(GPUCodeError) {
      for entry in entries where entry.kind == .file {
        guard
          GPULibrary.isCandidate(
            path: entry.path, size: entry.size, permissions: entry.permissions)
        else { continue }
        try scan.add(entry.source, as: entry.path)
      }
      for warning in scan.warnings {
        progress(.noticed(code: warning.code, message: warning.message))
      }
      let facts = scan.facts
      try facts.require(
        gpu.requireArchitectures.compactMap { GPUArchitecture($0) }, of: recipe.name)
      return facts
    } catch {
      throw BuildError(error, in: recipe.name)
    }
  }

  /// What an image has for GPUs, from its bytes, whoever made it.
  public func gpuScan(of image: FilePath) async throws(BuildError) -> GPUScan {
    try await store.withScratch(failure: { BuildError($0, in: image.string) }) {
      (scratch) throws(BuildError) in
      do throws(GPUCodeError) {
        return try GPUScan.scan(image: image, scratch: scratch)
      } catch {
        throw BuildError(error, in: image.string)
      }
    }
  }
}

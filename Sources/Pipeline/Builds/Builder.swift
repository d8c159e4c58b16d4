internal import Content
internal import Digests
internal import Fetching
internal import FileSystem
internal import GPUCode
public import Images
internal import Locks
internal import Mirrors
internal import Recipes
internal import Resolution
internal import Rootfs
internal import Sandbox
internal import Store
public import SystemPackage
internal import Verification

/// What to build, and into what.
public struct BuildRequest: Hashable, Sendable {
  public var recipe: FilePath
  public var variables: [String: String]
  /// The folder for the images; made where it is absent.
  public var output: FilePath
  /// Whether an absent or stale lock is an error.
  public var locked: Bool
  /// Of the file for `wsl --import`; the other one is always a `.wsl`.
  public var format: ImageFormat
  public var compression: ImageCompression
  /// A secret key to sign the images' digests with.
  public var key: FilePath?

  public init(
    recipe: FilePath, variables: [String: String], output: FilePath, locked: Bool,
    format: ImageFormat, compression: ImageCompression, key: FilePath? = nil
  ) {
    self.recipe = recipe
    self.variables = variables
    self.output = output
    self.locked = locked
    self.format = format
    self.compression = compression
    self.key = key
  }

  func format(of flavour: WSLSettings.Flavour) -> ImageFormat {
    flavour == .fromFile ? .wsl : format
  }
}

/// The whole flow, from a recipe to its images, and the parts of it that users ask for.
public struct Builder: Sendable {
  let settings: BuildSettings
  let store: Store
  /// The program with its version, as manifests name it.
  let tool: String

  public init(_ settings: BuildSettings, tool: String) throws(BuildError) {
    self.settings = settings
    self.tool = tool
    if let date = Self.statedDate(settings.environment), Self.epoch(date) == nil {
      throw BuildError(
        .badDate, "SOURCE_DATE_EPOCH",
        "SOURCE_DATE_EPOCH is not a time that an image can have: \(date)",
        reason: "it takes seconds since 1970, up to \(DateLimit.range.upperBound)",
        remedy: "write a number, or unset it: then the lock's date is taken")
    }
    do throws(StoreError) { store = try Store(root: settings.store) } catch {
      throw BuildError(error, in: settings.store.string)
    }
  }

  /// Builds the images of a recipe.
  public func build(_ request: BuildRequest) async throws(BuildError) -> BuildSummary {
    let clock = StageClock(settings.progress)
    // Said now rather than after all the work.
    do throws(FileError) { try OutputFolder.check(request.output) } catch {
      throw BuildError(error, in: request.output.string)
    }
    try await checkKey(request)
    let arrivals = Arrivals()
    // One core is left to the transfers.
    async let unpacking: Void = unpack(arrivals, workers: max(1, settings.jobs - 1))
    defer { arrivals.close(dropping: true) }
    let prepared = try await prepare(
      recipe: request.recipe, variables: request.variables, locked: request.locked,
      progress: clock.send, arrivals: arrivals)
    // What still waits is for the next stage, on all cores.
    arrivals.close(dropping: true)
    let segments = SegmentStore(store: store, jobs: settings.jobs)
    var (rootfs, tree) = try await preparing(request, prepared, segments) {
      (settled) async throws(BuildError) in
      try await self.rootfs(prepared, settled: settled, progress: clock.send)
    }
    await unpacking
    let gpu = try gpuFacts(prepared, rootfs, &tree, progress: clock.send)
    let images = try await write(
      request, prepared, rootfs, tree, gpu, segments, progress: clock.send)
    try await sign(images, request)
    return BuildSummary(
      recipe: prepared.recipe.name, images: images, stages: clock.stages,
      packages: prepared.lock.packages.count, wheels: prepared.lock.wheels.count,
      archives: prepared.lock.archives.count,
      downloaded: clock.downloaded, peakMemory: settings.peakMemory(), gpu: gpu,
      lockChange: prepared.lockChange)
  }

  /// A recipe with its lock and everything that the lock names.
  struct Prepared: Sendable {
    var recipe: Recipe
    let lock: Lock
    /// Of the lock's file.
    let lockDigest: SHA256Digest
    let artifacts: [SHA256Digest: FilePath]
    /// nil where the standing lock was used as it is.
    var lockChange: LockDifference?
  }

  func prepare(
    recipe path: FilePath, variables: [String: String], locked: Bool,
    progress: @escaping ProgressSink, arrivals: Arrivals? = nil
  ) async throws(BuildError) -> Prepared {
    let recipe = try read(path, variables: variables, progress: progress)
    // Asked before anything is fetched for an image that could not be made.
    _ = try smokeTest(recipe)
    let fresh = try freshLock(path, recipe, locked: locked)
    // Asking the machine for its mirrors takes half a second.
    let mirrors = holds(fresh) ? Mirrors([:]) : try await mirrors(for: recipe)
    let lock: Lock
    var change: LockDifference?
    if let fresh {
      lock = fresh
    } else {
      (lock, change) = try await renewLock(path, recipe, mirrors, progress)
    }
    let digest = try lockDigest(path)
    let isAhead = !holds(lock) && hasRoom(for: [(recipe, lock)])
    do throws(FetchError) {
      let artifacts = try await fetch(
        lock, from: recipe.directory, mirrors, progress,
        arrived: { if isAhead { arrivals?.add($0, $1) } })
      return Prepared(
        recipe: recipe, lock: lock, lockDigest: digest, artifacts: artifacts, lockChange: change)
    } catch {
      // Archives drop a package's old version once they have a newer one.
      guard error.code == .unavailable, !locked else { throw BuildError(error, in: recipe.name) }
      progress(
        .noticed(
          code: FetchError.Code.unavailable.rawValue,
          message: "the mirrors no longer have \(error.subjects.joined(separator: ", ")): "
            + "resolving anew"))
    }
    let (renewed, renewal) = try await renewLock(path, recipe, mirrors, progress)
    let artifacts = try await staged(recipe.name) { () async throws(FetchError) in
      try await fetch(renewed, from: recipe.directory, mirrors, progress)
    }
    return Prepared(
      recipe: recipe, lock: renewed, lockDigest: try lockDigest(path), artifacts: artifacts,
      lockChange: renewal)
  }

  /// Whether the store has everything that a lock names.
  func holds(_ lock: Lock?) -> Bool {
    lock?.artifacts.allSatisfy { store.artifact($0.sha256) != nil } ?? false
  }

  func fetch(
    _ lock: Lock, from recipeDirectory: FilePath, _ mirrors: Mirrors,
    _ progress: @escaping ProgressSink,
    arrived: @escaping @Sendable (Artifact, FilePath) -> Void = { _, _ in }
  ) async throws(FetchError) -> [SHA256Digest: FilePath] {
    try await Fetcher(
      store: store, mirrors: mirrors, recipeDirectory: recipeDirectory,
      environment: settings.environment, offline: settings.offline, jobs: settings.jobs,
      date: lock.date, progress: progress
    ).fetch(lock.artifacts, arrived: arrived)
  }

  func rootfs(
    _ prepared: Prepared, settled: @escaping @Sendable (SettledLayers) -> Void = { _ in },
    progress: @escaping ProgressSink
  ) async throws(BuildError) -> Rootfs {
    let builder = try rootfsBuilder(prepared.recipe, prepared.lock, settled: settled, progress)
    return try await staged(prepared.recipe.name) { () async throws(RootfsError) in
      try await builder.build(prepared.recipe, lock: prepared.lock, artifacts: prepared.artifacts)
    }
  }

  private func write(
    _ request: BuildRequest, _ prepared: Prepared, _ rootfs: Rootfs, _ tree: FileTree?,
    _ gpu: GPUFacts?, _ segments: SegmentStore, progress: @escaping ProgressSink
  ) async throws(BuildError) -> [BuildSummary.Image] {
    let recipe = prepared.recipe
    let writer = ImageWriter(
      provenance: provenance(prepared, gpu), compression: request.compression,
      segments: segments, streams: rootfs.streams,
      companions: companions(request, prepared, rootfs), progress: progress)
    let requests = Self.targets(request, recipe).map { flavour, format, target in
      ImageRequest(
        name: recipe.name, flavour: flavour,
        layers: rootfs.layers + [rootfs.flavours[flavour]].compactMap(\.self),
        target: target, format: format)
    }
    do throws(FileError) { try Files.makeDirectories(request.output) } catch {
      throw BuildError(error, in: request.output.string)
    }
    let images = try await staged(recipe.name) { () async throws(ImageError) in
      try await writer.write(requests, over: tree)
    }
    return images.map { image in
      BuildSummary.Image(
        flavour: image.request.flavour ?? .importing, path: image.request.target.string,
        size: image.size, sha256: image.sha256, command: Self.windowsCommand(image.request))
    }
  }

  func provenance(_ prepared: Prepared, _ gpu: GPUFacts?) -> Provenance {
    Provenance(
      tool: tool, recipeDigest: prepared.lock.recipeDigest, lockDigest: prepared.lockDigest,
      artifacts: prepared.lock.artifacts, requested: Set(prepared.lock.requested),
      sourceDateEpoch: sourceDateEpoch(prepared.lock),
      gpu: gpu)
  }

  /// The digest of the lock's file as it stands: with the line breaks of another system it says the
  /// same in other bytes, and whoever checks the provenance has the file.
  func lockDigest(_ recipe: FilePath) throws(BuildError) -> SHA256Digest {
    let path = Self.lockPath(recipe)
    do throws(FileError) { return try FileDigest(of: path).sha256 } catch {
      throw BuildError(error, in: path.string)
    }
  }

  /// What to type on Windows in the folder of the image.
  private static func windowsCommand(_ request: ImageRequest) -> String {
    let file = request.target.lastComponent?.string ?? ""
    guard request.flavour == .fromFile else {
      // WSL makes the last folder of the path only; this form works in both of Windows' shells.
      return "wsl --import \(request.name) .\\\(request.name) \(file) --version 2"
    }
    return "wsl --install --from-file \(file)"
  }
}

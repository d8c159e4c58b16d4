import Content
import Digests
import FileSystem
import Locks
import Materials
import Packages
import Recipes
import Sandbox
import Store
import SystemPackage

extension RootfsBuilder {
  /// The lowest layers: packages unpacked and configured, or the base's own tree.
  func base(
    _ recipe: Recipe, _ lock: Lock, _ artifacts: [SHA256Digest: FilePath]
  ) async throws(RootfsError) -> LayerChain {
    if case .tarball = recipe.base {
      guard let artifact = lock.artifacts.first(where: { $0.kind == .base }) else {
        throw RootfsError(.artifactMissing, "the base")
      }
      return try await unpackBase(artifact, try file(artifact, artifacts), recipe)
    }
    let distribution = if case .ubuntu = recipe.base { "ubuntu" } else { "debian" }
    let clock = ContinuousClock()
    let start = clock.now
    let pristine = try await pristine(lock, artifacts)
    // Where it stands in the store says all that it was made from.
    let place = pristine.layer.directory.removingLastComponent().components.suffix(2)
    let key = SHA256Digest(
      ofText: "pristine \(sourceDateEpoch) " + place.map(\.string).joined(separator: "/"))
    var chain = LayerChain(
      base: pristine.layer, key: key, recipe: recipe.name,
      foundation: LayerInput.foundation(lock), planning: planning)
    chain.materials = try materials(pristine, lock)
    chain.report(
      .init(
        stage: .unpack, name: "packages", reused: pristine.reused,
        milliseconds: Int64((clock.now - start) / .milliseconds(1))))
    let total = pristine.packages.count + pristine.deferred.count
    try await stage(.configure, total: Int64(total), &chain) { (chain) async throws(RootfsError) in
      try await configure(pristine, of: distribution, artifacts, on: &chain)
    }
    return chain
  }

  private func pristine(
    _ lock: Lock, _ artifacts: [SHA256Digest: FilePath]
  ) async throws(RootfsError) -> PristineRoot {
    let packages = try lock.packages.map { (artifact) throws(RootfsError) in
      (artifact: artifact, file: try file(artifact, artifacts))
    }
    do throws(PackageError) {
      let unpacked = try await PackageUnpacker(store: store, jobs: jobs, progress: progress)
        .unpack(packages)
      return try await PristineRoot.make(
        packages: unpacked, options: pristineOptions(lock), store: store)
    } catch { throw RootfsError(error) }
  }

  func pristineOptions(_ lock: Lock) -> PristineRoot.Options {
    .init(architecture: lock.architecture, epoch: sourceDateEpoch)
  }

  /// Runs the maintainer scripts as dpkg would, in a layer of their own.
  private func configure(
    _ root: PristineRoot, of distribution: String, _ artifacts: [SHA256Digest: FilePath],
    on chain: inout LayerChain
  ) async throws(RootfsError) {
    let script = ConfigurationScript(root)
    let description = LayerChain.Description(
      stage: .configure, name: "configuration", origin: Origin(.configuration),
      inputs: [LayerInput("the configuration's script", script.text), JavaKeyStore.input])
    let debs = try root.deferred.map { (package) throws(RootfsError) in
      SandboxCommand.Bind(
        try file(package.artifact, artifacts), at: ConfigurationScript.path(of: package))
    }
    let below = SettledLayers(layers: chain.layers, streams: [:])
    let recipe = chain.recipe
    try await chain.add(description, in: store, privileges: sandbox.privileges) {
      (place) async throws(RootfsError) in
      let begun = try startFromSmaller(root, in: place)
      // With few packages more there is next to nothing to compress, and looking takes longer.
      if !begun { settled(below) }
      let calls =
        begun
        ? nil
        : try RememberedCalls(
          root, of: distribution, in: place.work.appending("calls"), store: store,
          environment: scriptEnvironment)
      try await run(
        begun ? .remaining : script, debs + (calls?.binds ?? []), of: recipe, in: place)
      try await calls?.keep(in: store)
      try dateKeyStore(in: place)
      return MadeLayer()
    }
    // What diverts others' files is no bystander's company, whoever starts from the set.
    if planning == nil, root.deferred.isEmpty {
      try await configuredSet(root, chain.key).keep(in: store)
    }
  }

  private func run(
    _ script: ConfigurationScript, _ binds: [SandboxCommand.Bind], of recipe: String,
    in place: Workplace
  ) async throws(RootfsError) {
    let counter = ConfigurationCounter(progress: progress)
    let file = place.work.appending("configure")
    do throws(FileError) { try Files.write(script.text, to: file) } catch {
      throw RootfsError(error)
    }
    var command = SandboxCommand(
      layers: place.lower, writes: place.writes, arguments: ["/bin/sh", "-e", "/kiln/configure"],
      environment: scriptEnvironment, binds: binds + [.init(file, at: "/kiln/configure")])
    command.masks = [
      Self.policy,
      // dpkg calls it for packages that start a daemon without asking anyone.
      .init("/sbin/start-stop-daemon", content: "#!/bin/sh\nexit 0\n", onlyExisting: true),
      // libc6 gives init a second to start anew. No daemon runs that is worth a wait.
      .init("/bin/sleep", content: "#!/bin/sh\nexit 0\n", onlyExisting: true),
    ]
    do throws(SandboxError) {
      try await sandbox.run(command) { _, line in counter.line(line) }
    } catch {
      let log = counter.transcript.keep("\(recipe)-configuration", in: store)
      let excerpt = counter.failed.flatMap(counter.transcript.failure(of:))
      throw RootfsError(
        error, .configuration, counter.failed ?? "the root file system", excerpt: excerpt, log: log)
    }
  }

  static func baseKey(_ artifact: Artifact) -> SHA256Digest {
    SHA256Digest(ofText: "base \(LayerChain.formatVersion) \(artifact.sha256)")
  }

  /// The base's own tree as the lowest layer.
  private func unpackBase(
    _ artifact: Artifact, _ file: FilePath, _ recipe: Recipe
  ) async throws(RootfsError) -> LayerChain {
    let clock = ContinuousClock()
    let start = clock.now
    progress(.started(.unpack, total: nil, unit: .items))
    let key = Self.baseKey(artifact)
    let result = try await store.result(.layer, key: key, failure: { RootfsError($0) }) {
      (folder) throws(RootfsError) in
      let root = folder.appending("upper")
      do throws(FileError) { try Files.makeDirectory(root) } catch { throw RootfsError(error) }
      var archive = BaseArchive(root: root)
      try archive.unpack(file, named: artifact.name)
      do throws(FileError) {
        try LayerListing(of: root).write(to: folder.appending(LayerListing.fileName))
      } catch { throw RootfsError(error) }
    }
    progress(.finished(.unpack, reused: result.reused))
    let layer = Layer(
      directory: result.path.appending("upper"),
      origin: Origin(.base, name: artifact.name, version: artifact.version),
      listing: result.path.appending(LayerListing.fileName))
    var chain = LayerChain(
      base: layer, key: key, recipe: recipe.name, foundation: [LayerInput(artifact)],
      planning: planning)
    chain.materials = [Material(artifact, isRequested: true)]
    chain.report(
      .init(
        stage: .unpack, name: "base", reused: result.reused,
        milliseconds: Int64((clock.now - start) / .milliseconds(1))))
    return chain
  }
}

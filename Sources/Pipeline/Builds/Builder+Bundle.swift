public import Bundles
internal import Fetching
internal import FileSystem
internal import Locks
internal import Mirrors
public import SystemPackage

/// What `kiln store export` wrote.
public struct BundleReport: Hashable, Codable, Sendable {
  public let path: String
  public let artifacts: Int
  /// Bytes of the artifacts.
  public let bytes: Int64
}

extension Builder {
  /// Writes the artifacts of locks into one file, and fetches first what the store lacks.
  ///
  /// - Parameter paths: recipes, whose locks must be fresh, or lock files.
  public func export(
    _ paths: [FilePath], variables: [String: String], to target: FilePath
  ) async throws(BuildError) -> BundleReport {
    // Said now rather than after all the downloads.
    do throws(FileError) { try OutputFolder.check(target.removingLastComponent()) } catch {
      throw BuildError(error, in: target.string)
    }
    var artifacts: [Artifact] = []
    for path in paths {
      artifacts +=
        try await path.string.hasSuffix(".lock.json")
        ? fetchedLock(path).artifacts
        : prepare(
          recipe: path, variables: variables, locked: true, progress: settings.progress
        ).lock.artifacts
    }
    let bundle = Bundle(artifacts)
    do throws(BundleError) { try bundle.write(target, from: store) } catch {
      throw BuildError(error, in: target.string)
    }
    return BundleReport(
      path: target.string, artifacts: bundle.artifacts.count, bytes: bundle.size)
  }

  /// A lock without its recipe; files that it took from the recipe's folder are looked for in its
  /// own.
  private func fetchedLock(_ path: FilePath) async throws(BuildError) -> Lock {
    guard let lock = try read(lock: path) else { throw Self.missing(path) }
    if holds(lock) { return lock }
    let mirrors = try await staged(path.string) { () async throws(MirrorError) in
      try await Mirrors.ofHost(
        environment: settings.environment, python: !lock.wheels.isEmpty)
    }
    _ = try await staged(path.string) { () async throws(FetchError) in
      try await fetch(lock, from: path.removingLastComponent(), mirrors, settings.progress)
    }
    return lock
  }

  /// Takes a file of ``export(_:variables:to:)`` into the store.
  public func `import`(_ path: FilePath) async throws(BuildError) -> Bundle.Imported {
    try await staged(path.string) { () async throws(BundleError) in
      try await Bundle.import(path, into: store)
    }
  }
}

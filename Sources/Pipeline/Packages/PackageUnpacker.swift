internal import Archives
internal import Concurrency
public import Content
internal import Digests
internal import FileSystem
public import Locks
public import Store
public import SystemPackage

/// Unpacks every `.deb` once into the store: `tree/`, `control/` and `listing`.
public struct PackageUnpacker: Sendable {
  /// Part of every key: what an older kiln unpacked in another way is not found.
  static let formatVersion = 1

  public let store: Store
  /// How many packages are unpacked at once.
  public let jobs: Int
  public let progress: ProgressSink

  public init(store: Store, jobs: Int, progress: @escaping ProgressSink) {
    self.store = store
    self.jobs = jobs
    self.progress = progress
  }

  /// Unpacks packages whose files are verified already, the largest first so that none is left
  /// alone at the end.
  ///
  /// - Returns: the packages in the order given.
  public func unpack(
    _ packages: [(artifact: Artifact, file: FilePath)]
  ) async throws(PackageError) -> [UnpackedPackage] {
    let counter = UnpackCounter(total: packages.count, progress: progress)
    let order = packages.indices.sorted {
      (packages[$1].artifact.size, $0) < (packages[$0].artifact.size, $1)
    }
    let jobs = order.map { (index: $0, package: packages[$0]) }
    let unpacked = try await jobs.mapConcurrently(limit: self.jobs) {
      (job) async throws(PackageError) -> (index: Int, package: UnpackedPackage) in
      let package = try await unpack(job.package.artifact, job.package.file)
      counter.finished(package)
      return (job.index, package)
    }
    counter.end()
    return unpacked.sorted { $0.index < $1.index }.map(\.package)
  }

  /// Whether the store has the package unpacked.
  public static func isUnpacked(_ artifact: Artifact, in store: Store) -> Bool {
    store.hasUnpacked(.package, formatVersion, from: artifact.sha256)
  }

  private func unpack(
    _ artifact: Artifact, _ file: FilePath
  ) async throws(PackageError) -> UnpackedPackage {
    let result = try await store.unpacked(
      .package, Self.formatVersion, from: artifact.sha256,
      failure: { PackageError($0, package: artifact.name) }
    ) { (folder) async throws(PackageError) in
      var reader = DebReader(artifact: artifact, folder: folder)
      try reader.unpack(file)
    }
    return try UnpackedPackage(artifact: artifact, directory: result.path, reused: result.reused)
  }
}

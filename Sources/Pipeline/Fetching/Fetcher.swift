internal import Concurrency
public import Content
public import Digests
internal import FileSystem
public import Locks
public import Mirrors
public import Store
public import SystemPackage
internal import Transfers

/// Brings artifacts into the store: several at once, each from the first mirror that has it.
public struct Fetcher: Sendable {
  let store: Store
  let mirrors: Mirrors
  let recipeDirectory: FilePath
  let offline: Bool
  let jobs: Int
  /// The lock's, seconds since 1970.
  let date: Int64
  let progress: ProgressSink
  let client: TransferClient
  let indexes: PackageIndexes
  let health = MirrorHealth()
  let limits: RetryPlan.Limits
  /// Bytes that a file of unknown size may have where there is room.
  let largest: Int64

  /// - Parameters:
  ///   - recipeDirectory: what paths of the source `recipe` are relative to.
  ///   - environment: proxies, certificates and netrc come from it, as curl takes them.
  ///   - offline: whether only the store and the recipe's folder may be used.
  ///   - jobs: how many downloads run at once.
  ///   - date: of the lock, seconds since 1970, for snapshots.
  public init(
    store: Store, mirrors: Mirrors, recipeDirectory: FilePath, environment: [String: String],
    offline: Bool = false, jobs: Int = 8, date: Int64 = 0, progress: @escaping ProgressSink
  ) throws(FetchError) {
    try self.init(
      store: store, mirrors: mirrors, recipeDirectory: recipeDirectory,
      settings: TransferSettings(environment: environment, connectionsPerHost: max(1, jobs)),
      limits: RetryPlan.Limits(), offline: offline, jobs: jobs, date: date, progress: progress)
  }

  init(
    store: Store, mirrors: Mirrors, recipeDirectory: FilePath, settings: TransferSettings,
    limits: RetryPlan.Limits, offline: Bool, jobs: Int, date: Int64 = 0,
    largest: Int64 = SizeLimit.largest, progress: @escaping ProgressSink
  ) throws(FetchError) {
    do throws(TransferError) { client = try TransferClient(settings) } catch {
      throw FetchError(.transfers, [], cause: .transfer(error))
    }
    indexes = PackageIndexes(client: client)
    self.store = store
    self.mirrors = mirrors
    self.recipeDirectory = recipeDirectory
    self.limits = limits
    self.offline = offline
    self.jobs = jobs
    self.date = date
    self.largest = largest
    self.progress = progress
  }

  /// The store's path of every artifact; what it lacks is fetched, the largest first.
  ///
  /// - Parameter arrived: gets each artifact as soon as the store has it, while others are still on
  ///   their way.
  /// - Throws: ``FetchError`` with all artifacts that the mirrors no longer have, or of the first
  ///   that fails otherwise; then the others are cancelled, and what they have is kept for the next
  ///   run.
  public func fetch(
    _ artifacts: [Artifact], arrived: @escaping @Sendable (Artifact, FilePath) -> Void = { _, _ in }
  ) async throws(FetchError) -> [SHA256Digest: FilePath] {
    var paths: [SHA256Digest: FilePath] = [:]
    var missing: [SHA256Digest: Artifact] = [:]
    for artifact in artifacts where paths[artifact.sha256] == nil {
      if let path = store.artifact(artifact.sha256) {
        paths[artifact.sha256] = path
        arrived(artifact, path)
      } else {
        missing[artifact.sha256] = artifact
      }
    }
    let wanted = missing.values.sorted { ($1.size, $0.sha256) < ($0.size, $1.sha256) }
    if offline { try refuse(wanted.filter { !isLocal($0) }) }
    try checkSpace(wanted.map { ($0.sha256, $0.size) })
    progress(.started(.fetch, total: wanted.reduce(0) { $0 + $1.size }, unit: .bytes))
    let reporter = FetchProgress(progress)
    let fetched = try await wanted.mapConcurrently(limit: jobs) {
      (artifact) async throws(FetchError) -> Result<FilePath, FetchError> in
      do throws(FetchError) {
        let path = try await fetch(artifact, reporter)
        arrived(artifact, path)
        return .success(path)
      } catch {
        guard error.code == .unavailable else { throw error }
        return .failure(error)
      }
    }
    var dropped: [FetchError] = []
    for (artifact, result) in zip(wanted, fetched) {
      switch result {
      case .success(let path): paths[artifact.sha256] = path
      case .failure(let error): dropped.append(error)
      }
    }
    if let error = FetchError(joining: dropped) { throw error }
    progress(.finished(.fetch, reused: wanted.isEmpty))
    return paths
  }

  /// The store's path of a file that a recipe names by URL and digest, of unknown size.
  public func fetch(
    url: String, sha256: SHA256Digest
  ) async throws(FetchError) -> (path: FilePath, size: Int64) {
    var path = store.artifact(sha256)
    if path == nil {
      if offline { throw FetchError(.offline, [url]) }
      let download = Download(
        label: url, digest: sha256, size: nil, limit: try limit(sha256), source: "recipe",
        place: .url(url))
      path = try await fetch(download, FetchProgress(progress))
    }
    do throws(FileError) {
      guard let path, let status = try Files.status(path) else {
        throw FileError(.notFound, "read", store.root)
      }
      return (path, status.size)
    } catch {
      throw FetchError(.localFile, [url], cause: .file(error))
    }
  }

  /// What stays free for others where a file of unknown size takes all the rest.
  private static let reserve: Int64 = 64 << 20

  /// Bytes that a file of unknown size may have, with what an earlier run has of it.
  private func limit(_ digest: SHA256Digest) throws(FetchError) -> Int64 {
    do throws(FileError) {
      let free = try Files.freeSpace(at: store.root) + store.partialSize(digest)
      return min(largest, max(0, free - Self.reserve))
    } catch {
      throw FetchError(.localFile, [store.root.string], cause: .file(error))
    }
  }

  private func fetch(
    _ artifact: Artifact, _ reporter: FetchProgress
  ) async throws(FetchError) -> FilePath {
    let place: Download.Place
    if artifact.source != "recipe" {
      place = artifact.isInIndex ? .index(artifact.path) : .archive(artifact.path)
    } else if isLocal(artifact) {
      return try await copy(artifact, reporter)
    } else {
      place = .url(artifact.path)
    }
    let download = Download(
      label: Self.label(artifact), digest: artifact.sha256, size: artifact.size,
      source: artifact.source, place: place, name: artifact.name, version: artifact.version)
    return try await fetch(download, reporter)
  }

  /// Takes a file of the recipe's folder.
  private func copy(
    _ artifact: Artifact, _ reporter: FetchProgress
  ) async throws(FetchError) -> FilePath {
    let path = FilePath(artifact.path)
    let leaves = path.components.contains { $0.kind == .parentDirectory }
    guard path.isRelative, !leaves else { throw FetchError(.outsideFolder, [artifact.path]) }
    do throws(StoreError) {
      let admitted = try await store.admit(
        file: recipeDirectory.pushing(path), expected: artifact.sha256)
      reporter.report(
        artifact.sha256, artifact.fileName, position: artifact.size, isWhole: true)
      return admitted.path
    } catch {
      if error.code == .file, let cause = error.cause {
        throw FetchError(.localFile, [artifact.path], cause: .file(cause))
      }
      throw Self.failure(error, [artifact.path])
    }
  }

  private func isLocal(_ artifact: Artifact) -> Bool {
    artifact.source == "recipe" && TransferURL.scheme(artifact.path) == nil
  }

  /// Names the largest first: of many, those say best what is missing.
  private func refuse(_ missing: [Artifact]) throws(FetchError) {
    guard !missing.isEmpty else { return }
    let sorted = missing.sorted { ($1.size, $0.name) < ($0.size, $1.name) }
    throw FetchError(
      .offline, sorted.map(Self.label), cause: .missing(sorted.reduce(0) { $0 + $1.size }))
  }

  private func checkSpace(_ wanted: [(SHA256Digest, Int64)]) throws(FetchError) {
    let needed = wanted.reduce(Int64(0)) { $0 + max(0, $1.1 - store.partialSize($1.0)) }
    let free: Int64?
    do throws(FileError) { free = try Files.shortage(of: needed, at: store.root) } catch {
      throw FetchError(.localFile, [store.root.string], cause: .file(error))
    }
    guard let free else { return }
    throw FetchError(.noSpace, [], cause: .space(needed: needed, free: free))
  }

  static func label(_ artifact: Artifact) -> String {
    artifact.version.isEmpty ? artifact.name : "\(artifact.name) \(artifact.version)"
  }

  static func failure(_ error: StoreError, _ subjects: [String]) -> FetchError {
    switch error.code {
    case .interrupted: FetchError(.interrupted, subjects)
    case .sizeMismatch, .digestMismatch:
      FetchError(
        .corrupt, subjects,
        attempts: [.init(url: error.path.string, reason: AttemptFailure.store(error).reason)])
    default: FetchError(.store, subjects, cause: .store(error))
    }
  }
}

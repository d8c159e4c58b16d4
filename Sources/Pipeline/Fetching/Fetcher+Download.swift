internal import Content
internal import Digests
internal import Mirrors
internal import Store
internal import Synchronization
internal import SystemPackage
internal import Transfers

/// One file to download.
struct Download: Sendable {
  enum Place: Hashable, Sendable {
    /// Relative to the base of an apt archive.
    case archive(String)
    /// `<project>/<file>` of a package index.
    case index(String)
    case url(String)
  }

  /// Where a file may be had.
  enum Origin: Hashable, Sendable {
    /// The base URL of a mirror.
    case mirror(String)
    /// The file's URL in a snapshot that addresses files in its own way.
    case snapshot(String)

    var url: String {
      switch self {
      case .mirror(let url), .snapshot(let url): url
      }
    }
  }

  /// As people know it.
  let label: String
  let digest: SHA256Digest
  let size: Int64?
  /// Bytes that may come where the size is unknown.
  var limit: Int64?
  let source: String
  let place: Place
  /// What ``Snapshot/Field/name`` and ``Snapshot/Field/version`` stand for.
  var name = ""
  var version = ""

  var fileName: String {
    let text =
      switch place {
      case .archive(let path), .index(let path): path
      case .url(let url): TransferURL.redacted(url)
      }
    return text.split(separator: "/").last.map(String.init) ?? label
  }
}

extension Fetcher {
  func fetch(
    _ download: Download, _ reporter: FetchProgress
  ) async throws(FetchError) -> FilePath {
    let origins = try origins(download)
    let path = try await store.admit(
      download.digest, size: download.size, failure: { Self.failure($0, [download.label]) }
    ) { (admission) async throws(FetchError) in
      try await fetch(download, origins, admission, reporter)
    }
    if let size = download.size {
      reporter.report(download.digest, download.fileName, position: size, isWhole: true)
    }
    return path
  }

  /// The mirrors, then the snapshots: those are slower, and few want to be asked for everything.
  private func origins(_ download: Download) throws(FetchError) -> [Download.Origin] {
    if case .url(let url) = download.place { return [.mirror(url)] }
    let snapshots = mirrors.snapshots(source: download.source).map { snapshot in
      snapshot.isBase
        ? Download.Origin.mirror(snapshot.template)
        : .snapshot(snapshot.url { Percent.encodedByApt(value($0, download)) })
    }
    do throws(MirrorError) {
      return health.ordered(try mirrors.fileURLs(source: download.source)).map { .mirror($0) }
        + snapshots
    } catch {
      guard snapshots.isEmpty else { return snapshots }
      throw FetchError(.mirror, [download.label], cause: .mirror(error))
    }
  }

  private func value(_ field: Snapshot.Field, _ download: Download) -> String {
    switch field {
    case .sha256: download.digest.hex
    case .path:
      switch download.place {
      case .archive(let path), .index(let path), .url(let path): path
      }
    case .file: download.fileName
    case .name: download.name
    case .version: download.version
    case .date: SnapshotDate.text(endOfDay: date)
    }
  }

  /// Goes from mirror to mirror until the admission holds the whole file.
  private func fetch(
    _ download: Download, _ origins: [Download.Origin], _ admission: Admission,
    _ reporter: FetchProgress
  ) async throws(FetchError) {
    try await trying(origins, for: download.label, position: { admission.offset }) {
      (origin, fresh) async throws(AttemptFailure) in
      try await attempt(download, origin, fresh: fresh, admission, reporter)
    }
  }

  /// Makes attempts at mirrors as the plan says, until one succeeds.
  ///
  /// - Parameters:
  ///   - label: what is wanted, as people know it.
  ///   - position: how many bytes of it are there.
  ///   - attempt: gets the mirror, and whether to begin with the first byte and past any cache.
  func trying<Value>(
    _ origins: [Download.Origin], for label: String, position: () -> Int64,
    _ attempt: (Download.Origin, _ fresh: Bool) async throws(AttemptFailure) -> Value
  ) async throws(FetchError) -> Value {
    var plan = RetryPlan(mirrors: origins.count, limits: limits)
    var attempts: [FetchError.Attempt] = []
    var isCorrupt = false
    var isDropped = false
    while true {
      switch plan.next(jitter: Double.random(in: 0...1)) {
      case .stop:
        throw FetchError(
          isCorrupt ? .corrupt : isDropped ? .unavailable : .unreachable, [label],
          attempts: attempts)
      case .wait(let milliseconds):
        do { try await Task.sleep(for: .milliseconds(milliseconds)) } catch {
          throw FetchError(.interrupted, [label])
        }
      case .attempt(let mirror, let fresh):
        let origin = origins[mirror]
        let before = fresh ? 0 : position()
        do throws(AttemptFailure) { return try await attempt(origin, fresh) } catch {
          attempts.append(
            .init(
              url: error.url ?? TransferURL.redacted(origin.url), reason: error.reason,
              remedy: error.remedy))
          isDropped = isDropped || error.isAbsence
          if error.isOutage { health.recordOutage(origin.url) }
          let progressed = position() > before
          guard !Task.isCancelled,
            let outcome = error.outcome(progressed: progressed, resumed: before > 0)
          else { throw Self.fatal(error, label, attempts) }
          if case .mismatch = outcome { isCorrupt = true }
          plan.record(outcome)
        }
      }
    }
  }

  private static func fatal(
    _ failure: AttemptFailure, _ label: String, _ attempts: [FetchError.Attempt]
  ) -> FetchError {
    switch failure {
    case _ where Task.isCancelled: FetchError(.interrupted, [label])
    case .store(let error): Self.failure(error, [label])
    case .unbounded: FetchError(.unbounded, [label], attempts: attempts)
    default: FetchError(.interrupted, [label])
    }
  }

  private func attempt(
    _ download: Download, _ origin: Download.Origin, fresh: Bool, _ admission: Admission,
    _ reporter: FetchProgress
  ) async throws(AttemptFailure) {
    let offset = fresh ? 0 : admission.offset
    // A kiln that was killed after the last byte left a whole file.
    if offset == download.size, offset > 0 { return try verify(admission) }
    let url = try await locate(download, origin)
    let request = TransferRequest(
      url: url, headers: fresh ? ["Cache-Control: no-cache"] : [], offset: offset,
      limit: download.limit, proxy: mirrors.proxy(source: proxySource(download), url: url))
    do throws(AttemptFailure) {
      try await transfer(request, download, admission, reporter)
    } catch {
      guard case .transfer(let failure) = error, failure.code == .tooLarge,
        let limit = download.limit
      else { throw error }
      // What fills the disk is of no use to a later run.
      do throws(StoreError) { try admission.begin(at: 0) } catch { throw .store(error) }
      throw .unbounded(limit: limit)
    }
    try verify(admission)
  }

  private func transfer(
    _ request: TransferRequest, _ download: Download, _ admission: Admission,
    _ reporter: FetchProgress
  ) async throws(AttemptFailure) {
    try await client.transfer(request, failure: AttemptFailure.transfer) {
      (response) throws(AttemptFailure) in
      if let expected = download.size, let announced = response.total, announced != expected {
        let isPage = response.contentType?.hasPrefix("text/html") == true
        throw AttemptFailure.size(expected: expected, announced: announced, isPage: isPage)
      }
      do throws(StoreError) { try admission.begin(at: response.offset) } catch {
        throw AttemptFailure.store(error)
      }
    } receive: { (bytes) throws(AttemptFailure) in
      do throws(StoreError) { try admission.append(bytes) } catch {
        throw AttemptFailure.store(error)
      }
      reporter.report(download.digest, download.fileName, position: admission.offset)
    }
  }

  private func verify(_ admission: Admission) throws(AttemptFailure) {
    do throws(StoreError) { try admission.verify() } catch { throw .store(error) }
  }

  private func locate(
    _ download: Download, _ origin: Download.Origin
  ) async throws(AttemptFailure) -> String {
    guard case .mirror(let base) = origin else { return origin.url }
    return switch download.place {
    case .url(let url): url
    case .archive(let path): "\(base)/\(Percent.encodedByApt(path))"
    case .index(let path): try await indexes.locate(path, sha256: download.digest, base: base)
    }
  }

  /// Recipes' own URLs go the way that the environment says, not apt's.
  private func proxySource(_ download: Download) -> String {
    if case .archive = download.place { download.source } else { Mirrors.python }
  }
}

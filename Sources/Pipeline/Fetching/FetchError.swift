internal import Content
public import Diagnostics
public import FileSystem
public import Mirrors
public import Store
public import Transfers

/// Artifacts that could not be brought into the store.
public struct FetchError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case offline = "K3201"
    /// A mirror answered, and has it no longer.
    case unavailable = "K3202"
    case corrupt = "K3203"
    case noSpace = "K3204"
    case mirror = "K3205"
    case store = "K3206"
    case interrupted = "K3207"
    case localFile = "K3208"
    case outsideFolder = "K3209"
    case transfers = "K3210"
    /// No mirror gave an answer that tells whether it has the file.
    case unreachable = "K3211"
    /// A file of unknown size goes on for longer than the disk has room.
    case unbounded = "K3212"
  }

  /// One try at one mirror.
  public struct Attempt: Hashable, Sendable {
    /// The URL, without credentials.
    public let url: String
    public let reason: String
    /// What helps with just that, and not with every failure of a network.
    var remedy: String?
  }

  public enum Cause: Hashable, Sendable {
    case file(FileError)
    case mirror(MirrorError)
    case store(StoreError)
    case transfer(TransferError)
    case space(needed: Int64, free: Int64)
    /// Bytes that kiln would have to download.
    case missing(Int64)
  }

  public let code: Code
  /// The artifacts, as people know them: name and version, or a path or URL.
  public let subjects: [String]
  public let attempts: [Attempt]
  public let cause: Cause?

  init(_ code: Code, _ subjects: [String], attempts: [Attempt] = [], cause: Cause? = nil) {
    self.code = code
    self.subjects = subjects.map(TransferURL.redacted)
    self.attempts = attempts
    self.cause = cause
  }

  /// All that the mirrors no longer have, sorted; nil where there is nothing.
  init?(joining errors: [FetchError]) {
    guard errors.count > 1 else {
      guard let error = errors.first else { return nil }
      self = error
      return
    }
    let sorted = errors.sorted { ($0.subjects.first ?? "") < ($1.subjects.first ?? "") }
    self.init(
      .unavailable, sorted.flatMap(\.subjects),
      attempts: sorted.flatMap { error in error.attempts.last.map { [$0] } ?? [] })
  }

  public var diagnostics: [Diagnostic] {
    switch (code, cause) {
    case (.mirror, .mirror(let error)): error.diagnostics
    case (.store, .store(let error)): error.diagnostics
    case (.localFile, .file(let error)): error.diagnostics
    case (.transfers, .transfer(let error)): error.diagnostics
    default:
      [
        Diagnostic(
          code: code.rawValue, message: message,
          place: attempts.last.map { .init(file: $0.url) }, reason: reason, remedy: remedy)
      ]
    }
  }

  private var subject: String { subjects.first ?? "the download" }

  private var message: String {
    switch code {
    case .offline:
      "\(subjects.count == 1 ? subject : "\(subjects.count) files")\(missing) "
        + (subjects.count == 1 ? "is" : "are") + " not in the store, and kiln is offline"
    case .unavailable:
      subjects.count == 1
        ? "no mirror has \(subject)" : "no mirror has \(subjects.count) files of the lock"
    case .unreachable: "\(subject) could not be downloaded"
    case .unbounded: "\(subject) is larger than what can be taken"
    case .corrupt: "\(subject) is not what the lock says"
    case .noSpace: "there is not enough space for the downloads"
    case .mirror: "no mirror is known for \(subject)"
    case .store: "the store failed"
    case .interrupted: "the download was interrupted"
    case .localFile: "\(subject) cannot be read"
    case .outsideFolder: "\(subject) leads out of the recipe's folder"
    case .transfers: "kiln cannot transfer"
    }
  }

  private var missing: String {
    if case .missing(let bytes) = cause { " (\(ByteCount(bytes)))" } else { "" }
  }

  private var reason: String? {
    switch code {
    case .offline: subjects.count == 1 ? nil : Self.list(subjects)
    case .unavailable where subjects.count > 1: Self.list(subjects)
    case .noSpace:
      if case .space(let needed, let free) = cause {
        "\(ByteCount(needed)) are missing in the store, its file system has \(ByteCount(free)) free"
      } else {
        nil
      }
    default:
      attempts.isEmpty ? nil : told.joined(separator: "\n")
    }
  }

  /// The attempts in their order, equal ones in a line.
  private var told: [String] {
    var counts: [Attempt: Int] = [:]
    for attempt in attempts { counts[attempt, default: 0] += 1 }
    return attempts.compactMap { attempt in
      counts.removeValue(forKey: attempt).map { count in
        "\(attempt.url): \(attempt.reason)" + (count > 1 ? " (\(count) times)" : "")
      }
    }
  }

  /// What helps with some of the attempts, each once.
  private var ownRemedies: [String] {
    var seen: Set<String> = []
    return attempts.compactMap(\.remedy).filter { seen.insert($0).inserted }
  }

  private var remedy: String? {
    switch code {
    case .offline:
      "run once without --offline: what is fetched stays in the store; or run `kiln store export` on "
        + "the recipe where there is a network, and `kiln store import` here"
    case .unavailable:
      """
      archives drop a version once they have a newer one. `kiln lock` on the recipe takes the one
      that they have. To build from this lock, name a service that keeps the past with
      KILN_SNAPSHOT_<SOURCE>, or, where another machine has the files, run `kiln store export` there
      and `kiln store import` here
      """
    case .unreachable where !ownRemedies.isEmpty:
      ownRemedies.joined(separator: "; ") + "; what is fetched stays in the store"
    case .unreachable:
      "check the network, http_proxy and https_proxy, and the mirror's address; what is fetched "
        + "stays in the store"
    case .corrupt:
      "a proxy or a login page may answer in the mirror's place, or the mirror have a wrong file: "
        + "try another mirror, or `kiln lock --update`"
    case .noSpace: "`kiln store gc --days 7` makes room; --store or KILN_STORE name another folder"
    case .unbounded:
      "check the URL: its server may send without end; else make room with `kiln store gc --days 7`, "
        + "or name another folder with --store or KILN_STORE"
    case .outsideFolder: "put the file below the recipe's folder"
    case .mirror, .store, .interrupted, .localFile, .transfers: nil
    }
  }

  /// The first of many names, and how many more there are.
  private static func list(_ names: [String]) -> String {
    let shown = names.count > 11 ? 10 : names.count
    let rest = names.count > shown ? ["and \(names.count - shown) more"] : []
    return (names.prefix(shown) + rest).joined(separator: "\n")
  }
}

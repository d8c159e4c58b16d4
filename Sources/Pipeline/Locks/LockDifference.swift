public import Content
public import Digests

/// What another resolution of a recipe changes.
public struct LockDifference: Hashable, Codable, Sendable {
  public struct State: Hashable, Codable, Sendable {
    public let version: String
    /// Bytes.
    public let size: Int64
    public let sha256: SHA256Digest
    public let source: String
  }

  public struct Change: Hashable, Codable, Sendable {
    public let kind: Artifact.Kind
    public let name: String
    public let architecture: Architecture?
    /// nil where the artifact is new.
    public let before: State?
    /// nil where the artifact is gone.
    public let after: State?
    /// Whose requirement it is, or was where it is gone.
    public let why: Reason
    /// Why the version did not stay; nil where it was free to change.
    public let departure: Departure?
  }

  /// By kind and name.
  public let changes: [Change]
  /// Bytes of all artifacts.
  public let sizeBefore: Int64
  public let sizeAfter: Int64

  public var isEmpty: Bool { changes.isEmpty }

  /// - Parameters:
  ///   - old: nil where there was no lock.
  ///   - departures: of the old lock's artifacts that were to keep their versions.
  public init(from old: Lock?, to new: Lock, departures: [Artifact: Departure] = [:]) {
    let index = { (lock: Lock?) in
      Dictionary(
        (lock?.artifacts ?? []).map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
    }
    let before = index(old)
    let after = index(new)
    let reasons = (old: old.map(LockReasons.init), new: LockReasons(new))
    changes = Set(before.keys).union(after.keys).sorted { $0.order < $1.order }.compactMap {
      let states = (before[$0].map(State.init), after[$0].map(State.init))
      guard states.0 != states.1 else { return nil }
      let why =
        after[$0].map(reasons.new.reason)
        ?? before[$0].flatMap { artifact in reasons.old?.reason(for: artifact) } ?? .recipe
      return Change(
        kind: $0.kind, name: $0.name, architecture: $0.architecture, before: states.0,
        after: states.1, why: why, departure: before[$0].flatMap { departures[$0] })
    }
    sizeBefore = old?.artifacts.reduce(0) { $0 + $1.size } ?? 0
    sizeAfter = new.artifacts.reduce(0) { $0 + $1.size }
  }
}

extension LockDifference.State {
  init(_ artifact: Artifact) {
    self.init(
      version: artifact.version, size: artifact.size, sha256: artifact.sha256,
      source: artifact.source)
  }
}

extension LockDifference: CustomStringConvertible {
  /// A line for each change and one that sums up; no trailing line break.
  public var description: String {
    guard !isEmpty else { return "nothing changes" }
    let lines = changes.filter { !$0.isMove }.map(\.description)
    return (lines + moves + [sum]).joined(separator: "\n")
  }

  /// How many changes of each sort there are, and the sizes.
  public var sum: String {
    let count = { (isCounted: (Change) -> Bool) in changes.count(where: isCounted) }
    let added = count { $0.before == nil }
    let removed = count { $0.after == nil }
    let moved = count(\.isMove)
    return "\(added) added, \(removed) removed, \(changes.count - added - removed - moved) changed"
      + (moved == 0 ? "; " : ", \(moved) moved; ") + "\(ByteCount(sizeAfter)) in all"
      + (sizeBefore == 0 || sizeBefore == sizeAfter ? "" : ", before \(ByteCount(sizeBefore))")
  }

  /// A line for all that come from one source in place of another: with a point release many do, and
  /// there is nothing to review.
  private var moves: [String] {
    let sources = { (change: Change) in [change.before?.source ?? "", change.after?.source ?? ""] }
    let groups = Dictionary(grouping: changes.filter(\.isMove), by: sources)
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { sources, changes in
      "= the same from \(sources[1]) in place of \(sources[0]): "
        + changes.map(\.name).joined(separator: ", ")
    }
  }
}

extension LockDifference.Change {
  /// Whether it is the same file from another source.
  fileprivate var isMove: Bool {
    before?.version == after?.version && before?.sha256 == after?.sha256
  }
}

extension LockDifference.Change: CustomStringConvertible {
  public var description: String {
    let title = "\(kind.rawValue) \(name)"
    switch (before, after) {
    case (nil, let after?):
      return "+ \(title) \(after.version) (\(ByteCount(after.size))): \(why)"
    case (let before?, nil):
      return "- \(title) \(before.version) (\(ByteCount(before.size))): was \(why)"
    case (let before?, let after?) where before.version != after.version:
      let growth = after.size - before.size
      let change = growth == 0 ? "" : ", \(growth < 0 ? "-" : "+")\(ByteCount(abs(growth)))"
      return "~ \(title) \(before.version) → \(after.version) "
        + "(\(ByteCount(after.size))\(change)): \(why)"
        + (departure.map { "; \(before.version) \($0)" } ?? "")
    case (_?, let after?):
      return "~ \(title) \(after.version): other bytes under the same version"
    case (nil, nil): return title
    }
  }
}

/// What changed from one image to another.
public struct ManifestDifference: Hashable, Codable, Sendable {
  public enum Field: String, Hashable, Codable, Sendable, CaseIterable {
    case kind, mode, owner, content, link, capability
  }

  public struct Change: Hashable, Codable, Sendable {
    public let path: String
    public let fields: [Field]
    /// How much larger the file is.
    public let growth: Int64
  }

  /// A package, wheel or base of one name whose versions differ; empty where there is none.
  public struct Component: Hashable, Codable, Sendable {
    public let kind: String
    public let name: String
    public let before: [String]
    public let after: [String]
  }

  public let components: [Component]
  /// Paths that only the second image has.
  public let added: [String]
  /// Paths that only the first image has.
  public let removed: [String]
  public let changed: [Change]

  /// Whether the trees and what they were made from are the same.
  public var isEmpty: Bool {
    components.isEmpty && added.isEmpty && removed.isEmpty && changed.isEmpty
  }

  public init(from before: Manifest, to after: Manifest) {
    let old = Dictionary(before.files.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    let new = Dictionary(after.files.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    added = after.files.map(\.path).filter { old[$0] == nil }
    removed = before.files.map(\.path).filter { new[$0] == nil }
    changed = after.files.compactMap { file in old[file.path].flatMap { Change(from: $0, to: file) }
    }
    components = Self.components(before.artifacts, after.artifacts)
  }

  private static func components(
    _ before: [Manifest.Component], _ after: [Manifest.Component]
  ) -> [Component] {
    let key = { (component: Manifest.Component) in [component.kind, component.name] }
    let old = Dictionary(grouping: before, by: key)
    let new = Dictionary(grouping: after, by: key)
    return Set(old.keys).union(new.keys).sorted { $0.lexicographicallyPrecedes($1) }.compactMap {
      guard Set(old[$0] ?? []) != Set(new[$0] ?? []) else { return nil }
      return Component(
        kind: $0[0], name: $0[1], before: (old[$0] ?? []).map(\.version),
        after: (new[$0] ?? []).map(\.version))
    }
  }
}

extension ManifestDifference.Change {
  fileprivate init?(from old: Manifest.File, to new: Manifest.File) {
    let differs: [(ManifestDifference.Field, Bool)] = [
      (.kind, old.kind != new.kind), (.mode, old.mode != new.mode),
      (.owner, old.uid != new.uid || old.gid != new.gid),
      (.content, old.sha256 != new.sha256 || old.size != new.size), (.link, old.link != new.link),
      (.capability, old.capability != new.capability),
    ]
    let fields = differs.filter(\.1).map(\.0)
    guard !fields.isEmpty else { return nil }
    self.init(path: new.path, fields: fields, growth: new.size - old.size)
  }
}

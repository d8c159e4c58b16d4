internal import Content
internal import FileSystem
internal import Images

extension ImageDifference {
  init(from before: ImageContents, to after: ImageContents) {
    self.before = Side(before)
    self.after = Side(after)
    isSame = before.sha256 == after.sha256
    settings = Self.settings(before.settings, after.settings)
    components = Self.components(before, after)
    configuration = Self.configuration(before.configuration, after.configuration)
    let paths = { (contents: ImageContents, other: ImageContents) in
      contents.entries.paths.filter { other.entries[$0] == nil }.sorted(by: precedes).map {
        Path(path: $0, size: contents.entries[$0]?.size ?? 0, origin: contents.origins[$0])
      }
    }
    removed = paths(before, after)
    added = paths(after, before)
    changed = after.entries.paths.sorted(by: precedes).compactMap { path in
      guard let old = before.entries[path], let new = after.entries[path] else { return nil }
      let fields = Self.fields(old, new)
      guard !fields.isEmpty else { return nil }
      return Change(
        path: path, fields: fields, growth: new.size - old.size, origin: after.origins[path])
    }
    growth = Self.growth(before, after)
    reasons = isSame ? [] : Self.reasons(before, after, added + removed, changed)
  }

  private static func settings(
    _ before: [String: String], _ after: [String: String]
  ) -> [Setting] {
    guard !before.isEmpty || !after.isEmpty else { return [] }
    return Set(before.keys).union(after.keys).sorted().compactMap { name in
      guard before[name] != after[name] else { return nil }
      return Setting(name: name, before: before[name], after: after[name])
    }
  }

  private static func configuration(
    _ before: [String: [String: String]]?, _ after: [String: [String: String]]?
  ) -> [Setting] {
    guard let before, let after else { return [] }
    return before.keys.sorted().flatMap { file in
      settings(before[file] ?? [:], after[file] ?? [:]).map {
        Setting(name: "\(file): \($0.name)", before: $0.before, after: $0.after)
      }
    }
  }

  /// Of what both sides know: the image's own databases, else what was fetched.
  private static func components(
    _ before: ImageContents, _ after: ImageContents
  ) -> [Component] {
    if let old = before.installed, let new = after.installed { return components(old, new) }
    guard let old = before.fetched, let new = after.fetched else { return [] }
    return components(old, new)
  }

  private static func components(
    _ before: [ImageContents.Component], _ after: [ImageContents.Component]
  ) -> [Component] {
    let key = { (component: ImageContents.Component) in [component.kind, component.name] }
    let old = Dictionary(grouping: before, by: key)
    let new = Dictionary(grouping: after, by: key)
    return Set(old.keys).union(new.keys).sorted { $0.lexicographicallyPrecedes($1) }.compactMap {
      let versions = ((old[$0] ?? []).map(\.version), (new[$0] ?? []).map(\.version))
      guard versions.0 != versions.1 else { return nil }
      return Component(kind: $0[0], name: $0[1], before: versions.0, after: versions.1)
    }
  }

  private static func fields(
    _ old: ImageContents.Entry, _ new: ImageContents.Entry
  ) -> [Field] {
    let differs: [(Field, Bool)] = [
      (.kind, old.kind != new.kind),
      (.content, old.sha256 != new.sha256 || old.size != new.size), (.mode, old.mode != new.mode),
      (.owner, old.owner != new.owner || old.group != new.group), (.link, old.link != new.link),
      (.attributes, old.attributes != new.attributes),
      // A manifest does not keep the time.
      (.time, old.modified != nil && new.modified != nil && old.modified != new.modified),
    ]
    return differs.filter(\.1).map(\.0)
  }

  private static func growth(_ before: ImageContents, _ after: ImageContents) -> [Growth] {
    guard !before.origins.isEmpty, !after.origins.isEmpty else { return [] }
    var bytes: [String: Int64] = [:]
    for (path, entry) in before.entries.elements {
      bytes[before.origins[path] ?? "", default: 0] -= entry.size
    }
    for (path, entry) in after.entries.elements {
      bytes[after.origins[path] ?? "", default: 0] += entry.size
    }
    return bytes.filter { $0.value != 0 }.map { Growth(origin: $0.key, bytes: $0.value) }.sorted {
      (abs($1.bytes), $0.origin) < (abs($0.bytes), $1.origin)
    }
  }

  private static func reasons(
    _ before: ImageContents, _ after: ImageContents, _ alone: [Path], _ changed: [Change]
  ) -> [Reason] {
    var reasons: [Reason] = []
    let add = { (kind: Reason.Kind, paths: [String], reasons: inout [Reason]) in
      guard !paths.isEmpty else { return }
      reasons.append(Reason(kind, count: paths.count, examples: Array(paths.prefix(3))))
    }
    add(.paths, alone.map(\.path), &reasons)
    for field in Field.allCases {
      guard let kind = Reason.Kind(rawValue: field.rawValue) else { continue }
      add(kind, changed.filter { $0.fields.contains(field) }.map(\.path), &reasons)
    }
    add(.order, outOfOrder(before, after), &reasons)
    if let old = before.stream, let new = after.stream {
      reasons.append(Reason(old == new ? .compression : .headers))
    }
    guard reasons.isEmpty else { return reasons }
    // Of manifests the form of the file is all that is left.
    let isForm = ["format", "compression"].contains { before.settings[$0] != after.settings[$0] }
    return [Reason(isForm ? .compression : .unknown)]
  }

  /// The paths of both that stand behind another one than before.
  private static func outOfOrder(_ before: ImageContents, _ after: ImageContents) -> [String] {
    guard !before.order.isEmpty, !after.order.isEmpty else { return [] }
    let old = before.order.filter { after.entries[$0] != nil }
    let new = after.order.filter { before.entries[$0] != nil }
    return zip(old, new).filter { $0 != $1 }.map(\.1)
  }
}

extension ImageDifference.Side {
  fileprivate init(_ contents: ImageContents) {
    self.init(
      file: contents.file, size: contents.size, sha256: contents.sha256,
      paths: contents.entries.count,
      content: contents.entries.elements.reduce(0) { $0 + $1.value.size })
  }
}

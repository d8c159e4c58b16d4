import Diagnostics
import YAML

extension Node {
  func without(_ keys: Set<String>) -> Node {
    guard let entries = mapping else { return self }
    return Node(.mapping(entries.filter { !keys.contains($0.key) }), at: place)
  }

  /// `upper` on top of `lower`: mappings merge, lists append, anything else is replaced.
  static func merged(_ lower: Node, _ upper: Node) -> Node {
    if let lowerItems = lower.sequence, let upperItems = upper.sequence {
      let known = Set(lowerItems.compactMap(\.scalar?.text))
      let added = upperItems.filter { $0.scalar.map { !known.contains($0.text) } ?? true }
      return Node(.sequence(lowerItems + added), at: upper.place)
    }
    guard let lowerEntries = lower.mapping, let upperEntries = upper.mapping else { return upper }
    var entries = lowerEntries
    for entry in upperEntries {
      guard let index = entries.firstIndex(where: { $0.key == entry.key }) else {
        entries.append(entry)
        continue
      }
      let below = entries[index].value
      // Another distribution replaces the first one; Debian and Ubuntu at once are no base.
      let isReplaced =
        entry.key == "base" && below.mapping?.map(\.key) != entry.value.mapping?.map(\.key)
      entries[index] = .init(
        key: entry.key, keyPlace: entry.keyPlace,
        value: isReplaced ? entry.value : merged(below, entry.value))
    }
    return Node(.mapping(entries), at: upper.place)
  }
}

/// One path of `remove`: keys, then perhaps the item of a list.
struct Removal {
  struct Fault: Error {
    let message: String
    var reason: String?
    var remedy: String?
  }

  let place: Diagnostic.Place
  private let path: String
  private let keys: [String]
  private let item: String?

  init(_ path: String, at place: Diagnostic.Place) {
    self.place = place
    self.path = path
    let bracket = path.firstIndex(of: "[") ?? path.endIndex
    keys = path[..<bracket].split(separator: ".").map(String.init)
    item = bracket == path.endIndex ? nil : String(path[bracket...].dropFirst().dropLast())
  }

  func applied(to tree: Node) throws(Fault) -> Node { try removing(keys[...], from: tree) }

  private func removing(_ keys: ArraySlice<String>, from node: Node) throws(Fault) -> Node {
    guard let key = keys.first else { return try removingItem(from: node) }
    guard let entries = node.mapping, let index = entries.firstIndex(where: { $0.key == key })
    else { throw absent(key, among: node.mapping?.map(\.key) ?? []) }
    var changed = entries
    if keys.count == 1, item == nil {
      changed.remove(at: index)
    } else {
      changed[index] = .init(
        key: key, keyPlace: entries[index].keyPlace,
        value: try removing(keys.dropFirst(), from: entries[index].value))
    }
    return Node(.mapping(changed), at: node.place)
  }

  private func removingItem(from node: Node) throws(Fault) -> Node {
    let items = node.sequence ?? []
    let kept = items.filter { !names(of: $0).contains(item ?? "") }
    guard kept.count < items.count else {
      throw absent(item ?? "", among: items.flatMap { names(of: $0) })
    }
    return Node(.sequence(kept), at: node.place)
  }

  /// What an item of a list may be called.
  private func names(of node: Node) -> [String] {
    if let text = node.scalar?.text {
      // A requirement also by its project, a package without its version.
      let name = text.prefix { !" [(<>=!~;:/".contains($0) }
      return name.isEmpty || name == text ? [text] : [text, String(name)]
    }
    return ["name", "to", "package", "path", "url"].compactMap { node[$0]?.scalar?.text }
  }

  private func absent(_ name: String, among names: [String]) -> Fault {
    Fault(
      message: "the extended recipe has no `\(path)` to remove",
      reason: names.isEmpty ? nil : "it has: " + names.prefix(40).joined(separator: ", "),
      remedy: nearest(to: name, among: names).map { "did you mean `\($0)`?" })
  }
}

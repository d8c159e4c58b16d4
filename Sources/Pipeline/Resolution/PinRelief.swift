internal import Content
internal import Locks

/// Which locked versions give way where a new one does not fit them all.
struct PinRelief: Sendable {
  /// Package → what packages its versions are built from.
  private var sources: [String: Set<String>] = [:]
  /// Package → what any of its versions needs.
  private var needs: [String: Set<String>] = [:]

  /// - Parameter stanzas: all versions of the packages that are locked or updated.
  init(_ stanzas: [ControlFile.Stanza], recommends: Bool) {
    var providers: [String: Set<String>] = [:]
    for stanza in stanzas {
      guard let name = stanza["Package"] else { continue }
      let source = (stanza["Source"] ?? name).split(separator: " ").first.map(String.init)
      sources[name, default: []].insert(source ?? name)
      for provided in stanza.relations("Provides").joined() + [name] {
        providers[provided, default: []].insert(name)
      }
    }
    for stanza in stanzas {
      guard let name = stanza["Package"] else { continue }
      let groups =
        stanza.relations("Pre-Depends", "Depends")
        + (recommends ? stanza.relations("Recommends") : [])
      for wanted in groups.joined() { needs[name, default: []].formUnion(providers[wanted] ?? []) }
    }
  }

  /// The pins to try one after the other, each time fewer: without those that come from one source
  /// with what is updated, without those as well that these need, and none.
  func tries(_ pins: [Artifact], updated: [String]) -> [[Artifact]] {
    let own = updated.reduce(into: Set<String>()) { $0.formUnion(sources[$1] ?? []) }
    let siblings = Set(sources.filter { !$0.value.isDisjoint(with: own) }.keys).union(updated)
    var reached = siblings
    var pending = Array(siblings)
    while let name = pending.popLast() {
      for next in needs[name] ?? [] where reached.insert(next).inserted { pending.append(next) }
    }
    var tries: [[Artifact]] = []
    var last = pins.count
    for freed in [siblings, reached] where !updated.isEmpty {
      let kept = pins.filter { !freed.contains($0.name) }
      if kept.count < last, !kept.isEmpty { tries.append(kept) }
      last = kept.count
    }
    return tries + [[]]
  }
}

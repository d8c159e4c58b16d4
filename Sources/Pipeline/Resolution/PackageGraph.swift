internal import Content

/// Which packages of a resolved set need which others of it.
struct PackageGraph: Sendable {
  /// Package → the packages that it needs, in byte order.
  private(set) var dependencies: [String: [String]] = [:]

  /// - Parameter recommends: whether recommended packages count as needed.
  init(_ stanzas: [String: ControlFile.Stanza], recommends: Bool) {
    var providers: [String: [String]] = [:]
    for (name, stanza) in stanzas {
      providers[name, default: []].append(name)
      for provided in stanza.relations("Provides").compactMap(\.first) where provided != name {
        providers[provided, default: []].append(name)
      }
    }
    for (name, stanza) in stanzas {
      var needed: Set<String> = []
      let groups =
        stanza.relations("Pre-Depends", "Depends")
        + (recommends ? stanza.relations("Recommends") : [])
      for group in groups {
        needed.formUnion(group.flatMap { providers[$0] ?? [] })
      }
      needed.remove(name)
      dependencies[name] = needed.sorted()
    }
  }

  /// The shortest chain from one of `starts` to `target`, both included.
  func chain(from starts: [String], to target: String) -> [String]? {
    var cameFrom: [String: String?] = [:]
    var pending: [String] = []
    for start in starts where dependencies[start] != nil && cameFrom[start] == nil {
      cameFrom[start] = .some(nil)
      pending.append(start)
    }
    var index = 0
    while index < pending.count {
      let name = pending[index]
      index += 1
      guard name != target else {
        var chain = [name]
        while let last = chain.last, let previous = cameFrom[last] ?? nil { chain.append(previous) }
        return chain.reversed()
      }
      for next in dependencies[name] ?? [] where cameFrom[next] == nil {
        cameFrom[next] = .some(name)
        pending.append(next)
      }
    }
    return nil
  }
}

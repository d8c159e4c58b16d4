internal import Images

/// Who wanted a package or a wheel: the way from what the recipe asks for.
public struct DependencyChain: Hashable, Codable, Sendable {
  /// Names; each needs the next, the last one is what was asked about.
  public let names: [String]
  /// Whether the recipe itself asks for the first; else it belongs to the distribution's base system.
  public let isRequested: Bool

  /// The shortest way to a component; nil where the manifest does not know it, or is an older kiln's.
  init?(to name: String, kind: String, in components: [Manifest.Component]) {
    let own = components.filter { $0.kind == kind }
    guard components.contains(where: { $0.requested != nil || $0.dependencies != nil }),
      own.contains(where: { $0.name == name })
    else { return nil }
    var needs: [String: [String]] = [:]
    for component in own {
      needs[component.name, default: []] +=
        (component.dependencies ?? "").split(separator: " ").map(String.init)
    }
    let requested = own.filter { $0.requested == true }.map(\.name)
    if let way = Self.way(from: requested, to: name, needs) {
      (names, isRequested) = (way, true)
      return
    }
    // Essential packages, and what the variant of the base adds: nobody in the image needs them.
    let wanted = Set(needs.values.joined())
    let roots = own.map(\.name).filter { !wanted.contains($0) }
    (names, isRequested) = (Self.way(from: roots, to: name, needs) ?? [name], false)
  }

  /// Breadth first, so that the way is a shortest one; of several the first in the lock's order.
  private static func way(
    from roots: [String], to name: String, _ needs: [String: [String]]
  ) -> [String]? {
    var ways = roots.map { [$0] }
    var seen = Set(roots)
    while !ways.isEmpty {
      if let found = ways.first(where: { $0.last == name }) { return found }
      var longer: [[String]] = []
      for way in ways {
        for next in needs[way.last ?? ""] ?? [] where seen.insert(next).inserted {
          longer.append(way + [next])
        }
      }
      ways = longer
    }
    return nil
  }
}

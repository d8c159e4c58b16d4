internal import Content
internal import Locks

/// The order of origins in an image.
struct OriginOrder: Sendable {
  private var ranks: [Origin: Int] = [:]

  /// - Parameter carried: of the tree, ``FileTree/origins``.
  init(artifacts: [Artifact], carried: [Origin]) {
    for artifact in artifacts {
      add(Origin(artifact.kind.origin, name: artifact.name, version: artifact.version))
    }
    // Packages and wheels that the lock does not have stand before what was made from them.
    for origin in carried where origin.kind == .package || origin.kind == .wheel { add(origin) }
    for origin in carried { add(origin) }
  }

  private mutating func add(_ origin: Origin) {
    if ranks[origin] == nil { ranks[origin] = ranks.count }
  }

  func sorted(_ origins: some Sequence<Origin>) -> [Origin] {
    origins.sorted { left, right in
      let ranks = (ranks[left] ?? .max, ranks[right] ?? .max)
      return ranks.0 == ranks.1 ? left < right : ranks.0 < ranks.1
    }
  }
}

extension Artifact.Kind {
  fileprivate var origin: Origin.Kind {
    switch self {
    case .package: .package
    case .wheel: .wheel
    case .base: .base
    case .archive: .archive
    }
  }
}

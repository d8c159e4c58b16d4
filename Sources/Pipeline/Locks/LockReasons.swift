internal import Content

/// Why artifacts are in a lock: whose requirement each of them is.
struct LockReasons {
  private struct Node: Hashable {
    let kind: Artifact.Kind
    let name: String
  }

  private let requested: Set<String>
  /// Artifact → one that needs it, on a shortest way from what the recipe asks for.
  private let requirers: [Node: Node]

  init(_ lock: Lock) {
    requested = Set(lock.requested)
    let dependencies = Dictionary(
      lock.artifacts.map { (Node(kind: $0.kind, name: $0.name), $0.dependencies) },
      uniquingKeysWith: { first, _ in first })
    var pending = lock.artifacts.map { Node(kind: $0.kind, name: $0.name) }
      .filter { [requested] in requested.contains($0.name) }
    var seen = Set(pending)
    var requirers: [Node: Node] = [:]
    var index = 0
    while index < pending.count {
      let node = pending[index]
      index += 1
      for name in dependencies[node] ?? [] {
        let needed = Node(kind: node.kind, name: name)
        guard seen.insert(needed).inserted else { continue }
        requirers[needed] = node
        pending.append(needed)
      }
    }
    self.requirers = requirers
  }

  func reason(for artifact: Artifact) -> LockDifference.Reason {
    // Files of the recipe are taken out of each archive; nothing else brings one.
    if [.base, .archive].contains(artifact.kind) || requested.contains(artifact.name) {
      return .recipe
    }
    var chain: [String] = []
    var node = Node(kind: artifact.kind, name: artifact.name)
    while let requirer = requirers[node] {
      chain.append(requirer.name)
      node = requirer
    }
    return chain.isEmpty ? .base : .needed(by: chain)
  }
}

extension LockDifference {
  /// Whose requirement an artifact is.
  public enum Reason: Hashable, Codable, Sendable {
    /// The recipe itself names it.
    case recipe
    /// The one that needs it, the one that needs that, and so on to one that the recipe names.
    case needed(by: [String])
    /// It belongs to the base that every image of the suite starts with.
    case base
  }
}

extension LockDifference.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .recipe: "asked for by the recipe"
    case .needed(let chain): "needed by " + chain.joined(separator: ", by ")
    case .base: "part of the base"
    }
  }
}

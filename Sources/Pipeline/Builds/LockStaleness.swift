import Content
import Digests
import Locks
import Recipes

/// What of a recipe is another than when its lock was made, as far as the lock tells.
struct LockStaleness: CustomStringConvertible {
  /// Paths of keys; empty where the lock tells of none.
  private let keys: [String]
  /// Of keys that list packages: which the lock lacks, and which the recipe does.
  private let names: [String: (added: [String], gone: [String])]
  private let hasParts: Bool

  init(of lock: Lock, _ recipe: Recipe, _ digests: ResolutionDigests) {
    let requested = Set(lock.requested)
    let compared = { (key: String, now: [String], locked: [Artifact]) in
      let now = Set(now)
      // What a recipe takes by path or URL has the name that is in the file.
      let before = requested.intersection(locked.filter { $0.source != "recipe" }.map(\.name))
      return (
        key,
        (added: now.subtracting(requested).sorted(), gone: before.subtracting(now).sorted())
      )
    }
    let requirements = recipe.python?.requirements ?? []
    names = Dictionary(
      uniqueKeysWithValues: [
        compared("packages", recipe.packageRequests.map(\.name), lock.packages),
        compared("python.requirements", requirements.map(ProjectName.ofRequirement), lock.wheels),
      ].filter { !$0.1.added.isEmpty || !$0.1.gone.isEmpty })
    hasParts = lock.recipeParts != nil
    var changed = Set(names.keys)
    if lock.architecture != recipe.architecture { changed.insert("architecture") }
    if let parts = lock.recipeParts {
      changed.formUnion(
        Set(parts.keys).union(digests.parts.keys).filter { parts[$0] != digests.parts[$0] })
    }
    keys = changed.sorted()
  }

  var description: String {
    guard !keys.isEmpty else {
      // Of nothing else does the order count.
      if hasParts { return "changed since it was made: the order of `sources`" }
      return
        "its packages are those that the recipe asks for, and an older kiln made it, which did "
        + "not write down what else it was made from: `base`, `sources` or versions, say"
    }
    return "changed since it was made: "
      + keys.map { key in
        guard let (added, gone) = names[key] else { return "`\(key)`" }
        let parts = [Self.list("now also", added), Self.list("no longer", gone)]
        return "`\(key)` (\(parts.compactMap(\.self).joined(separator: "; ")))"
      }.joined(separator: ", ")
  }

  private static func list(_ words: String, _ names: [String]) -> String? {
    guard !names.isEmpty else { return nil }
    let shown = names.prefix(8) + (names.count > 8 ? ["and \(names.count - 8) more"] : [])
    return "\(words) \(shown.joined(separator: ", "))"
  }
}

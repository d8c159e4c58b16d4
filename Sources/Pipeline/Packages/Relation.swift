/// One package that a relationship field names, with the versions that it means (deb-control(5)).
struct Relation: Hashable, Sendable {
  enum Comparison: String, Hashable, Sendable {
    case earlier = "<<"
    case earlierOrEqual = "<="
    case equal = "="
    case laterOrEqual = ">="
    case later = ">>"
  }

  let name: String
  let limit: Limit?

  struct Limit: Hashable, Sendable {
    let comparison: Comparison
    let version: DebianVersion
  }

  /// Whether a package of this name and version is meant.
  func matches(name other: String, version: DebianVersion) -> Bool {
    guard name == other else { return false }
    guard let limit else { return true }
    return switch limit.comparison {
    case .earlier: version < limit.version
    case .earlierOrEqual: version <= limit.version
    case .equal: version == limit.version
    case .laterOrEqual: version >= limit.version
    case .later: version > limit.version
    }
  }

  /// The packages of a field without alternatives, like `Replaces`.
  static func list(_ field: String, package: String) throws(PackageError) -> [Relation] {
    var relations: [Relation] = []
    for part in field.split(separator: ",") {
      let words = part.split { $0.isWhitespace || $0 == "(" || $0 == ")" }
      guard let first = words.first else { continue }
      // Behind the colon is an architecture.
      let name = String(first.prefix { $0 != ":" })
      guard !name.isEmpty else {
        throw PackageError(.badControl, package: package, reason: "no name of a package: \(first)")
      }
      let rest = words.dropFirst().joined()
      relations.append(
        Relation(name: name, limit: rest.isEmpty ? nil : try limit(rest, package)))
    }
    return relations
  }

  private static func limit(_ text: String, _ package: String) throws(PackageError) -> Limit {
    let sign = String(text.prefix { "<>=".contains($0) })
    // deb-control(5): a single `<` or `>` is an old way to write `<=` and `>=`.
    let comparison = Comparison(rawValue: sign == "<" || sign == ">" ? sign + "=" : sign)
    guard let comparison, let version = DebianVersion(String(text.dropFirst(sign.count))) else {
      throw PackageError(.badControl, package: package, reason: "no version relation: \(text)")
    }
    return Limit(comparison: comparison, version: version)
  }
}

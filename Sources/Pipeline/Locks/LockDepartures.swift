internal import Content

extension LockDifference {
  /// Why an artifact that was to keep its version has another one.
  public enum Departure: String, Hashable, Codable, Sendable {
    /// The index does not have the locked version any more.
    case gone
    /// The index has it, and it no longer fits what is chosen beside it.
    case displaced
    case goneOrDisplaced
  }

  /// Those of some artifacts that have other versions among others.
  public static func moved(_ artifacts: [Artifact], to others: [Artifact]) -> [Artifact] {
    let versions = Dictionary(
      others.map { ($0.identity, $0.version) }, uniquingKeysWith: { first, _ in first })
    return artifacts.filter { artifact in
      versions[artifact.identity].map { $0 != artifact.version } ?? false
    }
  }
}

extension LockDifference.Departure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .gone: "is no longer in the index"
    case .displaced: "no longer fits the others"
    case .goneOrDisplaced: "is no longer in the index, or no longer fits the others"
    }
  }
}

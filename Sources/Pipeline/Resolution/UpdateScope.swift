/// What a new resolution may change of an earlier one.
public enum UpdateScope: Hashable, Sendable {
  /// Everything is resolved afresh.
  case all
  /// These packages and projects may change; the others keep their versions where those are still
  /// to be had.
  case packages([String])
  /// Every version stays where it is still to be had.
  case keep

  /// What is named to change.
  var named: [String] { if case .packages(let names) = self { names } else { [] } }

  /// Whether `name` keeps its version.
  func keeps(_ name: String) -> Bool {
    switch self {
    case .all: false
    case .packages(let names): !names.contains(name)
    case .keep: true
    }
  }
}

internal import Diagnostics

/// Names of packages that a misspelt one may have meant.
enum NearNames {
  /// At most three: names that differ in one character, then those that begin the same.
  static func of(_ name: String, among known: [Substring]) -> [String] {
    let wanted = Array(name.utf8)
    // Most of the tens of thousands of names are out by their length.
    let close = known.filter {
      abs($0.utf8.count - wanted.count) <= 1 && editDistance(wanted, Array($0.utf8)) <= 1
    }
    let kin = known.filter {
      $0.count > 2 && ($0.hasPrefix(name) || (name.hasPrefix($0) && $0.count * 2 > name.count))
    }.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    var found: [String] = []
    for candidate in (close.sorted() + kin).map(String.init) where !found.contains(candidate) {
      found.append(candidate)
    }
    return Array(found.prefix(3))
  }
}

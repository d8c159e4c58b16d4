/// Names of packages that a misspelt one may have meant.
enum NearNames {
  /// At most three: names that differ in one character, then those that begin the same.
  static func of(_ name: String, among known: [Substring]) -> [String] {
    let wanted = Array(name.utf8)
    let close = known.filter { differsInOne(wanted, Array($0.utf8)) }
    let kin = known.filter {
      $0.count > 2 && ($0.hasPrefix(name) || (name.hasPrefix($0) && $0.count * 2 > name.count))
    }.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    var found: [String] = []
    for candidate in (close.sorted() + kin).map(String.init) where !found.contains(candidate) {
      found.append(candidate)
    }
    return Array(found.prefix(3))
  }

  /// Whether one insertion, deletion, replacement or swap of neighbours turns one into the other.
  private static func differsInOne(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard abs(left.count - right.count) <= 1 else { return false }
    let start = zip(left, right).prefix { $0 == $1 }.count
    let (a, b) = (left.dropFirst(start), right.dropFirst(start))
    if a.count == b.count {
      if a.dropFirst() == b.dropFirst() { return true }
      return a.count >= 2 && a.dropFirst(2) == b.dropFirst(2)
        && a.prefix(2).elementsEqual(b.prefix(2).reversed())
    }
    return a.count > b.count ? a.dropFirst() == b : b.dropFirst() == a
  }
}

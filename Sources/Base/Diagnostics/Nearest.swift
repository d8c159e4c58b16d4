/// The candidate that `word` was most likely meant to be; nil where none is near.
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let plain = comparable(word)
  let allowed = max(1, plain.count / 3)
  return candidates.map { (candidate: $0, distance: editDistance(plain, comparable($0))) }
    .filter { $0.distance <= allowed }
    .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?.candidate
}

/// Letters without case; `_` and `-` are the same.
private func comparable(_ word: String) -> [Character] {
  word.lowercased().prefix(80).map { $0 == "_" ? "-" : $0 }
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other
/// (optimal string alignment).
public func editDistance<Unit: Equatable>(_ left: [Unit], _ right: [Unit]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    for column in 0..<right.count {
      let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
      var best = min(replaced, last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    (beforeLast, last) = (last, current)
  }
  return last[right.count]
}

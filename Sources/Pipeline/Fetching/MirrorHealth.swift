internal import Synchronization

/// Remembers which mirrors seem to be down, so that not every file waits for their time-out.
final class MirrorHealth: Sendable {
  private let outages = Mutex<[String: Int]>([:])

  func recordOutage(_ base: String) { outages.withLock { $0[base, default: 0] += 1 } }

  /// The bases with the fewest outages first, else in the order given.
  func ordered(_ bases: [String]) -> [String] {
    let outages = outages.withLock { $0 }
    return bases.enumerated().sorted {
      (outages[$0.element] ?? 0, $0.offset) < (outages[$1.element] ?? 0, $1.offset)
    }.map(\.element)
  }
}

internal import Synchronization

/// How much is worked on at once, by all who compress for one build.
final class WorkPool: Sendable {
  private struct Waiter {
    let weight: Int
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var limit: Int
    var taken = 0
    var waiting: [Waiter] = []

    /// What is heavier than the limit has its turn alone.
    func hasPlace(for weight: Int) -> Bool { taken == 0 || taken + weight <= limit }

    /// Those whose turn has come.
    mutating func admitted() -> [Waiter] {
      var admitted: [Waiter] = []
      while let first = waiting.first, hasPlace(for: first.weight) {
        taken += first.weight
        admitted.append(waiting.removeFirst())
      }
      return admitted
    }
  }

  private let state: Mutex<State>

  init(limit: Int) { state = Mutex(State(limit: max(1, limit))) }

  /// From now on so many work at once.
  func setLimit(_ limit: Int) { change { $0.limit = max(1, limit) } }

  /// Waits for a place, first come first served.
  ///
  /// - Parameter weight: how many places; what needs much memory takes several.
  func enter(_ weight: Int) async {
    await withCheckedContinuation { continuation in
      change { $0.waiting.append(Waiter(weight: weight, continuation: continuation)) }
    }
  }

  /// Takes a place where one is free and nobody waits.
  func enterIfFree(_ weight: Int) -> Bool {
    state.withLock { state in
      guard state.waiting.isEmpty, state.hasPlace(for: weight) else { return false }
      state.taken += weight
      return true
    }
  }

  func leave(_ weight: Int) { change { $0.taken -= weight } }

  private func change(_ body: (inout State) -> Void) {
    let admitted = state.withLock { state in
      body(&state)
      return state.admitted()
    }
    for waiter in admitted { waiter.continuation.resume() }
  }
}

internal import Locks
internal import Synchronization
internal import SystemPackage

/// Artifacts that the store has and that wait for someone to unpack them, the largest first, while
/// others are still on their way.
final class Arrivals: Sendable {
  typealias Arrival = (artifact: Artifact, file: FilePath)

  private struct State {
    var waiting: [Arrival] = []
    var workers: [CheckedContinuation<Arrival?, Never>] = []
    var isClosed = false
  }

  private let state = Mutex(State())

  func add(_ artifact: Artifact, _ file: FilePath) {
    let worker = state.withLock { state -> CheckedContinuation<Arrival?, Never>? in
      if let worker = state.workers.popLast() { return worker }
      let index = state.waiting.firstIndex { $0.artifact.size < artifact.size }
      state.waiting.insert((artifact, file), at: index ?? state.waiting.endIndex)
      return nil
    }
    worker?.resume(returning: (artifact, file))
  }

  /// Nothing comes any more.
  ///
  /// - Parameter dropping: whether to leave what still waits to someone else.
  func close(dropping: Bool) {
    let workers = state.withLock { state in
      state.isClosed = true
      if dropping { state.waiting = [] }
      defer { state.workers = [] }
      return state.workers
    }
    for worker in workers { worker.resume(returning: nil) }
  }

  /// Waits for an artifact; nil after the last.
  func next() async -> Arrival? {
    await withCheckedContinuation { continuation in
      let answer = state.withLock { state -> Arrival?? in
        if !state.waiting.isEmpty { return .some(state.waiting.removeFirst()) }
        if state.isClosed { return .some(nil) }
        state.workers.append(continuation)
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }
}

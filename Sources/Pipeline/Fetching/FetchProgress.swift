internal import Content
internal import Digests
internal import Synchronization

/// Adds up what all downloads have, and tells the sink now and then.
final class FetchProgress: Sendable {
  private struct State {
    var positions: [SHA256Digest: Int64] = [:]
    var done: Int64 = 0
    var told: Int64 = 0
  }

  /// Bytes between two events.
  private static let interval: Int64 = 1 << 18

  private let sink: ProgressSink
  private let state = Mutex(State())

  init(_ sink: @escaping ProgressSink) { self.sink = sink }

  /// Of the file with that digest `position` bytes are there; less than before after a restart.
  func report(_ digest: SHA256Digest, _ item: String, position: Int64, isWhole: Bool = false) {
    let event = state.withLock { state -> ProgressEvent? in
      state.done += position - (state.positions[digest] ?? 0)
      state.positions[digest] = position
      guard isWhole || abs(state.done - state.told) >= Self.interval else { return nil }
      state.told = state.done
      return .advanced(.fetch, done: state.done, item: item)
    }
    if let event { sink(event) }
  }
}

internal import Content
internal import Synchronization

/// Times the stages of one build by the progress that passes through.
final class StageClock: Sendable {
  private struct Times {
    var started: [ProgressEvent.Stage: ContinuousClock.Instant] = [:]
    var stages: [BuildSummary.Stage] = []
    var downloaded: Int64 = 0
  }

  private let times = Mutex(Times())
  private let next: ProgressSink

  init(_ next: @escaping ProgressSink) { self.next = next }

  func send(_ event: ProgressEvent) {
    times.withLock { times in
      switch event {
      case .started(let stage, _, _):
        times.started[stage] = .now
      case .advanced(.fetch, let done, _):
        times.downloaded = done
      case .finished(let stage, let reused):
        guard let start = times.started[stage] else { return }
        let span = start.duration(to: .now).components
        let milliseconds = span.seconds * 1000 + span.attoseconds / 1_000_000_000_000_000
        times.stages.append(
          BuildSummary.Stage(stage: stage, milliseconds: milliseconds, reused: reused))
      case .advanced, .output, .noticed: break
      }
    }
    next(event)
  }

  var stages: [BuildSummary.Stage] { times.withLock(\.stages) }

  /// Bytes.
  var downloaded: Int64 { times.withLock(\.downloaded) }
}

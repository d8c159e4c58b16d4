internal import Content
internal import Synchronization

/// Counts finished packages for the progress of several tasks.
final class UnpackCounter: Sendable {
  private let progress: ProgressSink
  private let state: Mutex<(done: Int64, reusedAll: Bool)>

  init(total: Int, progress: @escaping ProgressSink) {
    self.progress = progress
    state = Mutex((0, true))
    progress(.started(.unpack, total: Int64(total), unit: .items))
  }

  func finished(_ package: UnpackedPackage) {
    let done = state.withLock {
      $0.done += 1
      if !package.reused { $0.reusedAll = false }
      return $0.done
    }
    progress(.advanced(.unpack, done: done, item: package.name))
  }

  func end() { progress(.finished(.unpack, reused: state.withLock { $0.reusedAll })) }
}

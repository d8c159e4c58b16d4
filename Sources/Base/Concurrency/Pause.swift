internal import Dispatch
internal import Glibc

/// Waits on a clock that nothing fakes.
///
/// Not as a task sleeps, which is for ever where a library (faketime) shows the program another clock;
/// and on a thread of its own, since what is waited for may need those of tasks.
public func pause(milliseconds: Int) async {
  await withCheckedContinuation { continuation in
    DispatchQueue(label: "pause").async {
      usleep(UInt32(milliseconds) * 1000)
      continuation.resume()
    }
  }
}

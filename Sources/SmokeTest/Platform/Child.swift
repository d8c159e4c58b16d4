import CPlatform

/// A process that may crash or hang in this one's place.
///
/// It has two streams to this process: what it reports, and what it says besides. It dies with its
/// parent.
@safe
public final class Child {
  public enum Ending: Hashable, Sendable {
    case exited(Int32)
    case signal(Int32)
    /// It was killed and did not go: a driver holds it in the kernel.
    case stuck
  }

  public enum Event {
    case report([UInt8])
    case words([UInt8])
    case ended(Ending)
    /// The time is over, and the child is still there.
    case late
  }

  private let process: pid_t
  private var reports: Int32
  private var words: Int32
  private var ending: Ending?

  private init(process: pid_t, reports: Int32, words: Int32) {
    self.process = process
    self.reports = reports
    self.words = words
  }

  deinit {
    if ending == nil { stop() }
    if reports >= 0 { close(reports) }
    if words >= 0 { close(words) }
  }

  /// Runs `body` in a child, which ends with it. What it prints goes to the words. To be called while
  /// this process has one thread.
  public static func fork(_ body: (Reporter) -> Void) throws(FileError) -> Child {
    try make { (reports, words) in
      let process = platform_fork(words)
      if process == 0 {
        body(Reporter(descriptor: reports))
        // The parent knows all; what the libraries do at exit is not ours to wait for.
        _exit(0)
      }
      return process
    }
  }

  /// Starts the program at `path`, a path of the running system. Its standard output is the report, its
  /// standard error the words.
  public static func spawn(
    _ path: String, _ arguments: [String], environment: Variables
  ) throws(FileError) -> Child {
    let assignments = environment.assignments
    return try make { (reports, words) in
      unsafe withCStrings([path] + arguments) { arguments in
        unsafe withCStrings(assignments) { environment in
          unsafe platform_spawn(path.characters, arguments, environment, reports, words)
        }
      }
    }
  }

  private static func make(_ start: (Int32, Int32) -> pid_t) throws(FileError) -> Child {
    var ends: (Int32, Int32, Int32, Int32) = (-1, -1, -1, -1)
    guard unsafe platform_pipe(&ends.0, &ends.1) == 0 else { throw FileError(path: "pipe") }
    guard unsafe platform_pipe(&ends.2, &ends.3) == 0 else {
      let error = FileError(path: "pipe")
      close(ends.0)
      close(ends.1)
      throw error
    }
    let process = start(ends.1, ends.3)
    let error = FileError(path: "fork")
    close(ends.1)
    close(ends.3)
    guard process > 0 else {
      close(ends.0)
      close(ends.2)
      throw error
    }
    return Child(process: process, reports: ends.0, words: ends.2)
  }

  /// Waits for the next thing that happens, until `deadline` on ``Stopwatch/now``'s scale. What came
  /// before the deadline is given even when it has passed.
  public func next(by deadline: UInt64) -> Event {
    while true {
      if let ending { return drained() ?? .ended(ending) }
      let now = Stopwatch.now
      let rest = deadline > now ? (deadline - now) / 1_000_000 + 1 : 0
      // A program that the child started may hold the streams open longer than the child lives.
      if let event = arrival(within: min(rest, reports < 0 && words < 0 ? 1 : 100)) { return event }
      if let ending = reaped() {
        self.ending = ending
        continue
      }
      if Stopwatch.now >= deadline { return .late }
    }
  }

  /// Kills it, and waits five seconds at most for it to go: the kernel may have much to give back.
  @discardableResult
  public func stop() -> Ending {
    if let ending { return ending }
    kill(process, SIGKILL)
    let deadline = Stopwatch.now + 5_000_000_000
    while Stopwatch.now < deadline {
      if let ending = reaped() {
        self.ending = ending
        return ending
      }
      platform_pause(1)
    }
    ending = .stuck
    return .stuck
  }

  /// What is still in the streams after the end.
  private func drained() -> Event? { arrival(within: 0) }

  private func arrival(within milliseconds: UInt64) -> Event? {
    var streams = [
      pollfd(fd: reports, events: Int16(POLLIN), revents: 0),
      pollfd(fd: words, events: Int16(POLLIN), revents: 0),
    ]
    let timeout = Int32(min(milliseconds, 1000))
    guard unsafe poll(&streams, 2, timeout) > 0 else { return nil }
    if streams[0].revents != 0, let bytes = Self.read(&reports) { return .report(bytes) }
    if streams[1].revents != 0, let bytes = Self.read(&words) { return .words(bytes) }
    return nil
  }

  /// What the stream has; nothing when it has ended, and then it is closed.
  private static func read(_ stream: inout Int32) -> [UInt8]? {
    let descriptor = stream
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      count = max(0, unsafe CPlatform.read(descriptor, buffer.baseAddress, buffer.count))
    }
    if bytes.isEmpty {
      close(descriptor)
      stream = -1
      return nil
    }
    return bytes
  }

  private func reaped() -> Ending? {
    var status: Int32 = 0
    guard unsafe waitpid(process, &status, WNOHANG) == process else { return nil }
    let signal = platform_signal(status)
    return signal != 0 ? .signal(signal) : .exited(platform_exit_status(status))
  }
}

/// The child's way to report.
public struct Reporter {
  fileprivate let descriptor: Int32

  /// Sends all of `bytes`; a parent that has gone away is not told.
  public func send(_ bytes: [UInt8]) { _ = writeAll(bytes, to: descriptor) }
}

@unsafe
func withCStrings<R>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> R
) -> R {
  var pointers = unsafe strings.map { unsafe strdup($0.characters) }
  defer { unsafe pointers.forEach { unsafe free($0) } }
  unsafe pointers.append(nil)
  return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
}

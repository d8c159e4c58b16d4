import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and its kin: the first signal cancels the work, which cleans up after itself; a second one
/// ends the program at once.
///
/// The handler writes into a pipe, where no signal is lost however early it comes; programs that kiln
/// starts get the signals' defaults again. What was ignored when kiln began stays ignored, for it and
/// for them: so says `nohup`, and a shell of what runs in the background.
final class Interruption: Sendable {
  static let status: Int32 = 130

  private static let writing = Atomic<Int32>(-1)
  private let reading: Int32
  private let isAsked = Atomic(false)

  /// From here on signals no longer end the program by themselves.
  init() {
    var ends: [Int32] = [-1, -1]
    _ = unsafe pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    reading = ends[0]
    Self.writing.store(ends[1], ordering: .relaxed)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      Self.handle(number) { _ in
        let before = errno
        var byte: UInt8 = 0
        _ = unsafe write(Interruption.writing.load(ordering: .relaxed), &byte, 1)
        errno = before
      }
    }
    // A reader that goes away is no reason to leave a build half-done: the write says that it is gone.
    Self.handle(SIGPIPE) { _ in }
  }

  private static func handle(_ number: Int32, _ handler: @convention(c) (Int32) -> Void) {
    var standing = sigaction()
    _ = unsafe sigaction(number, nil, &standing)
    let isIgnored =
      unsafe unsafeBitCast(standing.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
    if isIgnored { return }
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = handler
    action.sa_flags = SA_RESTART
    _ = unsafe sigaction(number, &action, nil)
  }

  /// Cancels `work` at the first signal, also one that has come already.
  ///
  /// - Returns: what must live as long as the work.
  func cancels(_ work: Task<Int32, Never>) -> any DispatchSourceRead {
    let source = DispatchSource.makeReadSource(fileDescriptor: reading, queue: .global())
    source.setEventHandler { [self] in
      var byte: UInt8 = 0
      guard unsafe read(reading, &byte, 1) == 1 else { return }
      if isAsked.exchange(true, ordering: .relaxed) { _exit(Self.status) }
      work.cancel()
    }
    source.resume()
    return source
  }
}

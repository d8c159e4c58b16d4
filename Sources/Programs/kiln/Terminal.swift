import CLinux
import Glibc
import Synchronization

/// One of the program's standard streams.
struct Terminal: Sendable {
  static let input = Terminal(descriptor: STDIN_FILENO)
  static let output = Terminal(descriptor: STDOUT_FILENO)
  static let errors = Terminal(descriptor: STDERR_FILENO)

  private let descriptor: Int32

  /// Where kiln was started without one of the standard descriptors, the next file that it opens would
  /// get the number, and be written into. What stands there instead refuses: an answer that nobody gets
  /// is a failure.
  static func takeStandardDescriptors() {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) == -1 {
      // The lowest free number, which is this one.
      _ = unsafe open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  var columns: Int {
    let columns = Int(clinux_terminal_columns(descriptor))
    return columns > 0 ? columns : 80
  }

  /// Whether it is a terminal that understands escapes and has room for a live display.
  var isLively: Bool { isTerminal && !Self.isDumb && columns >= 40 }

  /// A terminal gets colour unless the user asked for none (https://no-color.org).
  var wantsColor: Bool {
    isTerminal && !Self.isDumb && Surroundings.environment["NO_COLOR", default: ""].isEmpty
  }

  private static var isDumb: Bool {
    ["", "dumb"].contains(Surroundings.environment["TERM", default: ""])
  }

  /// Why the first write that failed did; 0 where none has. What is printed is there for others to
  /// read, so a program that could not print has failed.
  private static let failure = Mutex<Int32>(0)

  static var lostOutput: Int32? {
    let number = failure.withLock(\.self)
    return number == 0 ? nil : number
  }

  /// Writes all of the text; a reader that has gone away is not an error of ours.
  func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        waitUntilWritable()
        continue
      }
      if count < 0, errno != EPIPE, descriptor == STDOUT_FILENO {
        let number = errno
        Self.failure.withLock { $0 = $0 == 0 ? number : $0 }
      }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// For a descriptor that another program, which has the same terminal or pipe, made non-blocking.
  private func waitUntilWritable() {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&wanted, 1, -1)
  }
}

import CLinux
import Glibc
import Synchronization

/// One of the program's two output streams.
struct Terminal: Sendable {
  static let output = Terminal(descriptor: STDOUT_FILENO)
  static let errors = Terminal(descriptor: STDERR_FILENO)

  private let descriptor: Int32

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
      if count < 0, errno != EPIPE, descriptor == STDOUT_FILENO {
        let number = errno
        Self.failure.withLock { $0 = $0 == 0 ? number : $0 }
      }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}

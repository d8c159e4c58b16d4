import FileSystem
import Store
import Synchronization
import SystemPackage

/// All that a program of the image prints, for the day when it fails: what its error shows is the end of
/// it, and the cause may stand long before.
final class Transcript: Sendable {
  /// Bytes of text that are kept; of more, the middle is left out.
  private static let limit = 4 << 20

  private struct State {
    var lines: [String] = []
    /// The last ones, where ``lines`` is full.
    var end: [String] = []
    var room = Transcript.limit / 2
    var endSize = 0
  }

  private let state = Mutex(State())

  func append(_ line: String) {
    state.withLock { state in
      let size = line.utf8.count + 1
      if state.end.isEmpty, size <= state.room {
        state.lines.append(line)
        state.room -= size
        return
      }
      state.end.append(line)
      state.endSize += size
      guard state.endSize > Self.limit else { return }
      // Half at once, since to move the others for each line takes too long.
      while state.endSize > Self.limit / 2, let first = state.end.first {
        state.endSize -= first.utf8.count + 1
        state.end.removeFirst()
      }
    }
  }

  var lines: [String] { state.withLock { $0.lines + $0.end } }

  /// Writes it into the store, in the place of an earlier one of that name.
  ///
  /// - Returns: nil where it is short enough to be shown, or cannot be kept.
  func keep(_ name: String, in store: Store) -> FilePath? {
    let lines = lines
    guard lines.count > 40 else { return nil }
    return store.keepLog(lines.joined(separator: "\n") + "\n", name)
  }

  /// What dpkg printed of the first package that it could not configure: its script's words and dpkg's
  /// own, which those of the packages after it hide.
  func failure(of package: String) -> String? {
    let lines = lines
    let complaint = "dpkg: error processing package \(package) "
    guard let found = lines.firstIndex(where: { $0.hasPrefix(complaint) }) else { return nil }
    let start = lines[..<found].lastIndex { $0.hasPrefix("Setting up ") } ?? found
    let rest = lines[(found + 1)...].prefix { $0.hasPrefix(" ") }
    return lines[max(start, found - 40)..<rest.endIndex].joined(separator: "\n")
  }
}

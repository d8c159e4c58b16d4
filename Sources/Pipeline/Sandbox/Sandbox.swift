public import Commands
import FileSystem
import Synchronization
public import SystemPackage

/// Runs programs of a root file system with nothing of the host in sight: its own mounts,
/// processes, host name and, unless asked otherwise, network.
///
/// kiln itself mounts nothing. `unshare` makes the namespaces and a short script mounts, so when
/// the sandbox ends, or kiln does, even by SIGKILL, neither a process nor a mount is left.
public struct Sandbox: Sendable {
  /// Where a program with network finds the host's certificates, if there are any.
  public static let certificates = "/run/kiln/ca-certificates.crt"

  public var privileges: Privileges
  /// Where `unshare`, `mount`, `setpriv`, `chroot` and `hostname` are looked up.
  public var searchPath: String
  /// The host's `resolv.conf`, for programs with network.
  public var resolver: FilePath?
  /// A bundle of certificate authorities of the host, for programs with network.
  public var certificates: FilePath?

  public init(
    privileges: Privileges, searchPath: String = "/usr/sbin:/usr/bin:/sbin:/bin",
    resolver: FilePath? = "/etc/resolv.conf",
    certificates: FilePath? = "/etc/ssl/certs/ca-certificates.crt"
  ) {
    self.privileges = privileges
    self.searchPath = searchPath
    self.resolver = resolver
    self.certificates = certificates
  }

  /// Runs the program to its end.
  ///
  /// Cancelling the calling task, and the time-out, kill every process of the sandbox.
  ///
  /// - Parameter onLine: gets each line that the program prints, as it comes.
  @discardableResult
  public func run(
    _ command: SandboxCommand, onLine: (@Sendable (CommandStream, String) -> Void)? = nil
  ) async throws(SandboxError) -> CommandResult {
    let tail = OutputTail()
    return try await withPreparation(of: command) { (unshare) throws(SandboxError) in
      do throws(CommandError) {
        return try await unshare.run { stream, line in
          tail.append(line)
          if line != Script.failureMark { onLine?(stream, line) }
        }
      } catch {
        // A command that was killed because its task is cancelled says that it was killed.
        if Task.isCancelled { throw SandboxError(.interrupted, command.arguments.first ?? "") }
        throw SandboxError(error, program: command.arguments.first ?? "", output: tail.text)
      }
    }
  }

  /// The host's command that ``run(_:onLine:)`` would run, for a look at it or for running it in
  /// another way. Mount points that the image lacks are left in a layer that it writes.
  public func hostCommand(_ command: SandboxCommand) throws(SandboxError) -> Command {
    try Preparation(command, by: self).unshare
  }

  /// Makes the mount points that the image lacks, and removes them afterwards.
  private func withPreparation<Value>(
    of command: SandboxCommand, _ body: (Command) async throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let preparation = try Preparation(command, by: self)
    let outcome: Result<Value, SandboxError>
    do throws(SandboxError) { outcome = .success(try await body(preparation.unshare)) } catch {
      outcome = .failure(error)
    }
    do throws(FileError) { try preparation.mountPoints.clear() } catch { throw SandboxError(error) }
    return try outcome.get()
  }
}

/// The last lines of both streams, in the order in which they came.
private final class OutputTail: Sendable {
  private let lines = Mutex<[String]>([])

  /// Characters of a line that are shown at the most.
  private static let longestLine = 500
  private static let noText = "(bytes that are not text)"

  func append(_ line: String) {
    let line = Self.shown(line)
    lines.withLock { lines in
      if line == Self.noText, lines.last == line { return }
      lines.append(line)
      if lines.count > 80 { lines.removeFirst(40) }
    }
  }

  /// A line as people can read it: not without end, and no bytes of a program.
  private static func shown(_ line: String) -> String {
    let start = line.unicodeScalars.prefix(longestLine)
    let strange = start.count {
      $0 == "\u{FFFD}" || ($0.value < 0x20 && !["\t", "\r", "\u{8}", "\u{1B}"].contains($0))
    }
    if strange * 8 > start.count { return noText }
    return start.endIndex == line.unicodeScalars.endIndex ? line : String(start) + "…"
  }

  var text: String { lines.withLock { $0.suffix(40).joined(separator: "\n") } }
}

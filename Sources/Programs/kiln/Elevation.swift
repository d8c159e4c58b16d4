import Builds
import FileSystem
import Glibc
import Sandbox
import SystemPackage

/// An ordinary user's kiln starts again as root of a user namespace, for the commands that make or
/// hold files of other owners.
enum Elevation {
  private static let commands: Set<String> = ["build", "plan", "shell", "store", "verify"]

  /// Returns where nothing is needed; otherwise the program begins anew and this never returns.
  static func elevate(_ arguments: [String]) throws(BuildError) {
    guard let command = arguments.first, looksIntoTheStore(command, arguments),
      !asksForHelp(arguments)
    else { return }
    let path = Surroundings.environment["PATH", default: ""]
    let privileges: Privileges
    do throws(SandboxError) { privileges = try Privileges.detect(searchPath: path) } catch {
      throw BuildError(error, in: command)
    }
    guard privileges == .reexecution else { return }
    // The link is read now: after the first exec it would name `unshare`.
    let program: String
    do throws(FileError) { program = try Files.readSymlink("/proc/self/exe") } catch {
      throw BuildError(error, in: command)
    }
    // There the user database would say that the user is root.
    _ = unsafe setenv("HOME", Surroundings.home.string, 1)
    let words = Privileges.reexecution(arguments: [program] + arguments)
    _ = unsafe setenv("PATH", path, 1)
    var pointers = unsafe words.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    unsafe execvp(words[0], pointers)
    throw BuildError(SandboxError(.toolMissing, words[0]), in: command)
  }

  /// To explain a path of an image takes no more than its manifest.
  private static func looksIntoTheStore(_ command: String, _ arguments: [String]) -> Bool {
    if command == "explain" { return arguments.contains { ExplainCommand.isRecipe($0) } }
    return commands.contains(command)
  }

  private static func asksForHelp(_ arguments: [String]) -> Bool {
    arguments.contains { ["-h", "--help", "--version"].contains($0) }
  }
}

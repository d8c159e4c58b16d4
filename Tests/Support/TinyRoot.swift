import Commands
import FileSystem
public import SystemPackage

/// A root file system of a dozen of this machine's programs with their libraries: enough for `sh`
/// scripts in a sandbox.
public enum TinyRoot {
  public static let programs = [
    "sh", "cat", "ls", "id", "sleep", "mkdir", "rm", "ln", "touch", "env", "stat", "chmod", "chown",
    "readlink", "mv", "uname",
  ]

  /// Fills the empty folder `root`: `bin`, `etc/passwd`, `etc/group` and the libraries, without
  /// `dev`, `proc`, `run` and `tmp`.
  ///
  /// - Parameter more: absolute paths of further programs.
  public static func make(at root: FilePath, with more: [String] = []) async throws {
    for folder in ["bin", "etc", "root"] {
      try Files.makeDirectories(root.appending(folder))
    }
    try Files.write("root:x:0:0:root:/root:/bin/sh\n", to: root.appending("etc/passwd"))
    try Files.write("root:x:0:\n", to: root.appending("etc/group"))
    let ldd = Command(
      "ldd", programs.map { "/bin/\($0)" } + more,
      environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"])
    let listing = try await ldd.run().output
    let libraries = Set(
      listing.split(separator: "\n").compactMap { line in
        line.split { $0 == " " || $0 == "\t" }.first { $0.hasPrefix("/") && !$0.hasSuffix(":") }
      })
    let paths = programs.map { "bin/\($0)" } + more.map { String($0.dropFirst()) }
    for path in paths + libraries.map({ String($0.dropFirst()) }) {
      let target = root.appending(path)
      try Files.makeDirectories(target.removingLastComponent())
      try Files.copy(FilePath("/" + path), to: target)
    }
  }
}

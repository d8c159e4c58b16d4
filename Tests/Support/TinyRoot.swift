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

  /// The bytes of a tarball of such a root with `find` and `sort`, made once: to copy and to pack the
  /// files anew in each test took longer than the builds that begin with them.
  public static let tarball = Task { try await packed("-cf") }

  /// ``tarball`` as people have them, and in the least time that gzip takes.
  public static let gzippedTarball = Task { try await packed("-I", "gzip -1", "-cf") }

  private static func packed(_ options: String...) async throws -> [UInt8] {
    try await withTemporaryFolder { folder in
      let tree = folder.appending("tree")
      try await make(at: tree, with: ["/usr/bin/find", "/usr/bin/sort"])
      let tarball = folder.appending("base.tar")
      try await Command(
        "tar", ["-C", tree.string] + options + [tarball.string, "."],
        environment: ["PATH": "/usr/bin:/bin"]
      ).run()
      return try Files.read(tarball)
    }
  }

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

import FileSystem
import Glibc
import SystemPackage

/// Where parsers that read files find their input, in memory.
struct Workbench {
  private let folder: FilePath

  static let shared = Workbench()

  private init() {
    folder = FilePath("/dev/shm/kiln-fuzz-\(getpid())")
    try? Files.makeDirectories(folder, permissions: 0o700)
  }

  /// The input as a file.
  func file(_ bytes: [UInt8], _ name: String = "input") -> FilePath {
    let path = folder.appending(name)
    try? Files.write(bytes, to: path)
    return path
  }

  /// Gives `body` an empty folder, and removes what it left.
  func withFolder(_ body: (FilePath) -> Void) {
    let path = folder.appending("output")
    try? Files.removeTree(path)
    try? Files.makeDirectory(path)
    body(path)
    checkNothingEscaped()
    try? Files.removeTree(path)
  }

  /// Runs `body`, and removes inputs that have names of their own.
  func removing(_ names: [String], _ body: () -> Void) {
    body()
    for name in names { try? Files.removeFile(folder.appending(name)) }
  }

  /// Nothing but the input and the output may ever stand beside them.
  private func checkNothingEscaped() {
    let names = (try? Files.entries(folder)) ?? []
    precondition(names.count <= 2, "a parser wrote outside of its folder: \(names)")
  }
}

internal import FileSystem
internal import SystemPackage

/// The packages that a root leaves to the sandbox, by their index: the file `deferred` beside the
/// root, a line each.
struct DeferredPackages {
  let indexes: Set<Int>

  private static let fileName = "deferred"

  init(indexes: Set<Int>) { self.indexes = indexes }

  func write(to folder: FilePath) throws(FileError) {
    let lines = indexes.sorted().map { "\($0)\n" }
    try Files.write(lines.joined(), to: folder.appending(Self.fileName))
  }

  init(reading folder: FilePath) throws(FileError) {
    let path = folder.appending(Self.fileName)
    var indexes: Set<Int> = []
    for line in try Files.readText(path).split(separator: "\n") {
      guard let index = Int(line) else { throw FileError(.damaged, "understand", path) }
      indexes.insert(index)
    }
    self.indexes = indexes
  }
}

public import FileSystem
public import SystemPackage

extension Store {
  /// The folders of all results of a kind, in a fixed order; looking does not count as use.
  public func results(_ kind: ResultKind) throws(FileError) -> [FilePath] {
    let folder = root.appending("results/\(kind.rawValue)")
    guard Files.exists(folder) else { return [] }
    var found: [FilePath] = []
    for shard in try Files.entries(folder) {
      for name in try Files.entries(folder.appending(shard)) {
        found.append(folder.appending(shard).appending(name))
      }
    }
    return found
  }
}

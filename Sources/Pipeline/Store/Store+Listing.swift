public import FileSystem
public import SystemPackage

extension Store {
  /// The folders of all results of a kind, in a fixed order; looking does not count as use.
  public func results(_ kind: ResultKind) throws(FileError) -> [FilePath] {
    let folder = root.appending("results/\(kind.rawValue)")
    guard Files.exists(folder) else { return [] }
    var found: [FilePath] = []
    for shard in try Files.entries(folder)
    where try Files.status(folder.appending(shard))?.kind == .directory {
      for name in try Files.entries(folder.appending(shard)) {
        found.append(folder.appending(shard).appending(name))
      }
    }
    return found
  }

  /// The folder of all results of a kind, made where it is absent, for a program that looks keys up
  /// itself: `<the first two digits>/<the others>`.
  public func folder(of kind: ResultKind) throws(FileError) -> FilePath {
    let folder = root.appending("results/\(kind.rawValue)")
    try Files.makeDirectories(folder)
    return folder
  }

  /// The name of the result that holds `path`, which says what it was made from: its kind and key.
  ///
  /// - Returns: nil where `path` is in none.
  public func resultName(of path: FilePath) -> String? {
    var rest = path
    guard rest.removePrefix(root.appending("results")) else { return nil }
    let components = rest.components.map(\.string)
    guard components.count > 3, ResultKind(rawValue: components[0]) != nil else { return nil }
    return components.joined(separator: "/")
  }
}

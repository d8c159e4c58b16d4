public import FileSystem
public import SystemPackage

extension Store {
  /// The folders of all results of a kind, in a fixed order. To look at them is no use of them.
  public func results(_ kind: ResultKind) throws(FileError) -> [FilePath] {
    try objects().filter { $0.kind == .result(kind) }.map(\.path)
  }
}

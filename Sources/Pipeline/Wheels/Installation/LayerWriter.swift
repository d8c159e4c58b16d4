internal import FileSystem
internal import SystemPackage

/// Puts files into a layer's folder; one that stands there already is replaced.
struct LayerWriter {
  let root: FilePath
  private var folders: PathSet = [""]

  init(root: FilePath) { self.root = root }

  /// Makes `path` one more name of a file of the store, or a copy where the file system refuses.
  mutating func link(_ source: FilePath, at path: String) throws(FileError) {
    try makeFolders(ZipName.parent(path))
    let target = root.appending(path)
    do throws(FileError) {
      try Files.makeHardLink(target, to: source)
    } catch {
      switch error.cause {
      case .fileExists:
        try Files.removeFile(target)
        try link(source, at: path)
      // Another file system, the inode's limit of names, or fs.protected_hardlinks.
      case .improperLink, .tooManyLinks, .notPermitted, .notSupported:
        try Files.removeTree(target)
        try Files.copy(source, to: target)
      default: throw error
      }
    }
  }

  mutating func write(
    _ content: [UInt8], at path: String, permissions: UInt16
  ) throws(FileError) {
    try makeFolders(ZipName.parent(path))
    let target = root.appending(path)
    // Written through, a hard link would change the store.
    if Files.exists(target) { try Files.removeFile(target) }
    try Files.write(content, to: target, permissions: permissions)
  }

  /// Makes the folders of `path`; what stands there must be folders and no links to elsewhere.
  private mutating func makeFolders(_ path: String) throws(FileError) {
    guard folders.insert(path) else { return }
    try makeFolders(ZipName.parent(path))
    let folder = root.appending(path)
    if let status = try Files.status(folder) {
      guard status.kind == .directory else {
        throw FileError("create the folder", folder, errno: .notDirectory)
      }
    } else {
      try Files.makeDirectory(folder)
    }
  }
}

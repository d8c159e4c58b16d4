public import SystemPackage

extension Files {
  /// Copies what is below `source` into the folder `target`, which is empty, with owners, modes,
  /// times, extended attributes, device nodes and hard links among its files; sockets, which belong to
  /// running programs, are left out.
  public static func copyTree(_ source: FilePath, into target: FilePath) throws(FileError) {
    var folders: [(path: FilePath, modified: Int64)] = []
    var names: [UInt64: FilePath] = [:]
    try walk(source) { (path, status) throws(FileError) in
      guard status.kind != .socket else { return false }
      let from = source.appending(path)
      let to = target.appending(path)
      if status.kind != .directory, status.linkCount > 1 {
        if let first = names[status.inode] {
          try makeHardLink(to, to: first)
          return false
        }
        names[status.inode] = to
      }
      try copyEntry(from, status, to: to)
      if status.kind == .directory {
        folders.append((to, status.modified))
      } else {
        try setModified(status.modified, of: to)
      }
      return true
    }
    for folder in folders.reversed() { try setModified(folder.modified, of: folder.path) }
  }

  private static func copyEntry(
    _ source: FilePath, _ status: FileStatus, to target: FilePath
  ) throws(FileError) {
    let (major, minor) = status.deviceNumber
    switch status.kind {
    case .directory: try makeDirectory(target)
    case .file: try copy(source, to: target)
    case .symlink: try makeSymlink(target, to: try readSymlink(source))
    case .characterDevice: try makeNode(target, mode: 0o020000, major: major, minor: minor)
    case .blockDevice: try makeNode(target, mode: 0o060000, major: major, minor: minor)
    case .fifo: try makeNode(target, mode: 0o010000, major: 0, minor: 0)
    case .socket: return
    }
    try setOwner(status.owner, group: status.group, of: target)
    guard status.kind != .symlink else { return }
    // After the owner, whose change clears setuid and capabilities.
    try setPermissions(status.permissions, of: target)
    for name in try attributeNames(source) {
      guard let value = try attribute(name, of: source) else { continue }
      try setAttribute(name, value, of: target)
    }
  }
}

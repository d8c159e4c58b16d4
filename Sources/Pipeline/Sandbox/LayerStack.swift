internal import Content
public import FileSystem
public import SystemPackage

/// Reads single paths of a stack of layers as an overlay of them would show them, unmounted.
public struct LayerStack: Hashable, Sendable {
  /// What stands at a path: the topmost version of it.
  public struct Entry: Hashable, Sendable {
    /// On the host; a folder's contents there are only the topmost layer's.
    public var path: FilePath { FilePath(place) }
    public let status: FileStatus
    let place: String
  }

  /// The lowest first.
  public let directories: [FilePath]

  public init(_ directories: [FilePath]) { self.directories = directories }

  /// - Parameter path: inside the image; a link in it, or at its end, is not followed.
  /// - Returns: nil where nothing stands there, or it was deleted.
  public func entry(_ path: String) throws(FileError) -> Entry? {
    var candidates = directories.reversed().map(\.string)
    var found: Entry?
    for component in path.pathComponents where component != "." {
      found = nil
      var folders: [String] = []
      for candidate in candidates {
        let place = "\(candidate)/\(component)"
        guard let status = try Files.status(at: place) else { continue }
        if status.isWhiteout { break }
        if found == nil { found = Entry(status: status, place: place) }
        guard status.kind == .directory else { break }
        folders.append(place)
        if try Self.isOpaque(place) { break }
      }
      if found == nil { return nil }
      candidates = folders
    }
    if let found { return found }
    guard let top = directories.last, let status = try Files.status(top) else { return nil }
    return Entry(status: status, place: top.string)
  }

  /// The path that `path` leads to when every link in it is followed inside the root, relative,
  /// without leading slash. What does not exist is kept as it is written.
  ///
  /// - Throws: ``FileError`` with `tooManySymbolicLinkLevels` for a loop.
  public func resolve(_ path: String) throws(FileError) -> String {
    let resolved = try LinkWalk.resolve(path, followLast: true) { (place) throws(FileError) in
      guard let entry = try entry(place), entry.status.kind == .symlink else { return nil }
      return try Files.readSymlink(entry.path)
    }
    guard let resolved else {
      throw FileError("follow", FilePath(path), errno: .tooManySymbolicLinkLevels)
    }
    return resolved
  }

  /// The regular file that a program in the root would open at `path`, on the host.
  ///
  /// - Returns: nil where it would find none.
  public func file(_ path: String) throws(FileError) -> FilePath? {
    guard let entry = try entry(try resolve(path)), entry.status.kind == .file else { return nil }
    return entry.path
  }

  private static func isOpaque(_ folder: String) throws(FileError) -> Bool {
    for privileges in [Privileges.root, .namespaceRoot]
    where try Files.attribute(privileges.opaqueAttribute, at: folder) == Privileges.opaque {
      return true
    }
    return false
  }
}

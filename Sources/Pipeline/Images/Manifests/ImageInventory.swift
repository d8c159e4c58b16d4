public import Content
internal import FileSystem
internal import GPUCode

/// What takes the space in an image.
public struct ImageInventory: Hashable, Codable, Sendable {
  /// What one package, wheel or step brought.
  public struct Share: Hashable, Codable, Sendable {
    public let origin: Origin
    public internal(set) var files = 0
    /// Uncompressed.
    public internal(set) var bytes: Int64 = 0
  }

  /// What one folder holds, with all below it.
  public struct Folder: Hashable, Codable, Sendable {
    /// Relative; `.` for the root.
    public let path: String
    public internal(set) var files = 0
    public internal(set) var bytes: Int64 = 0
  }

  /// One GPU library in several places.
  public struct Duplicate: Hashable, Codable, Sendable {
    public struct Place: Hashable, Codable, Sendable {
      public let path: String
      public let origin: Origin
    }

    public let soname: String
    public let places: [Place]
    /// Bytes of all but the largest.
    public let wasted: Int64
  }

  /// Largest first.
  public let shares: [Share]
  /// Largest first.
  public let folders: [Folder]
  /// Empty too where the recipe says nothing of a GPU, so that nobody looked.
  public let duplicates: [Duplicate]

  /// - Parameter depth: how many components the paths of ``folders`` have at most; the root is 0.
  public init(_ manifest: Manifest, depth: Int = 2) {
    var shares = manifest.origins.map { Share(origin: $0) }
    var folders: PathTable<Folder> = [:]
    for file in manifest.files where file.kind != .directory {
      shares[file.origin].files += 1
      shares[file.origin].bytes += file.size
      for path in Self.folders(above: file.path, depth: depth) {
        folders[path, default: Folder(path: path)].files += 1
        folders[path, default: Folder(path: path)].bytes += file.size
      }
    }
    duplicates = Self.duplicates(manifest)
    self.shares = shares.filter { $0.files > 0 }.sorted {
      $0.bytes == $1.bytes ? $0.origin < $1.origin : $0.bytes > $1.bytes
    }
    self.folders = folders.elements.map { $0.value }.sorted {
      $0.bytes == $1.bytes ? precedes($0.path, $1.path) : $0.bytes > $1.bytes
    }
  }

  private static func duplicates(_ manifest: Manifest) -> [Duplicate] {
    let files = PathTable(manifest.files.map { ($0.path, $0.origin) })
    return (manifest.gpu?.duplicates ?? []).map { duplicate in
      let places = duplicate.paths.compactMap { path in
        files[path].map { Duplicate.Place(path: path, origin: manifest.origins[$0]) }
      }
      return Duplicate(soname: duplicate.soname, places: places, wasted: duplicate.wasted)
    }
  }

  private static func folders(above path: String, depth: Int) -> [String] {
    let components = path.pathComponents.dropLast().prefix(depth)
    return ["."]
      + components.indices.map { components[...$0].joined(separator: "/") }
  }
}

internal import Content
internal import FileSystem
public import Images

/// Where the bytes of an image are, as a tree to draw: a folder, a package or a file with what is
/// in it.
public struct SpaceMap: Hashable, Encodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case name = "n"
    case bytes = "b"
    case files = "f"
    case kind = "k"
    case children = "c"
  }

  public let name: String
  public private(set) var bytes: Int64
  public private(set) var files: Int
  /// Whose most of the bytes are: `package`, `wheel`, `step`.
  public private(set) var kind: String
  /// Largest first.
  public private(set) var children: [SpaceMap]

  /// The folders of an image.
  public static func folders(_ manifest: Manifest) -> SpaceMap {
    var root = Draft()
    for file in manifest.files where file.size > 0 {
      let kind = manifest.origins[file.origin].kind
      root.add(file.path.pathComponents[...], file.size, kind)
    }
    return root.map("/", smallest: root.bytes / 2000)
  }

  /// The packages, wheels and steps of an image, by their kind, each with its folders.
  public static func origins(_ manifest: Manifest) -> SpaceMap {
    var root = Draft()
    for file in manifest.files where file.size > 0 {
      let origin = manifest.origins[file.origin]
      let name = [origin.name, origin.version].filter { !$0.isEmpty }.joined(separator: " ")
      let head = [origin.kind.rawValue] + (name.isEmpty ? [] : [name])
      root.add((head + file.path.pathComponents)[...], file.size, origin.kind)
    }
    return root.map("everything", smallest: root.bytes / 2000)
  }

  /// A tree that grows.
  private struct Draft {
    var bytes: Int64 = 0
    var files = 0
    var kinds: [Origin.Kind: Int64] = [:]
    var children: PathTable<Draft> = [:]

    mutating func add(_ path: ArraySlice<String>, _ size: Int64, _ kind: Origin.Kind) {
      bytes += size
      files += 1
      kinds[kind, default: 0] += size
      guard let first = path.first else { return }
      children[first, default: Draft()].add(path.dropFirst(), size, kind)
    }

    /// - Parameter smallest: what has fewer bytes is summed up, since nobody could see it.
    func map(_ name: String, smallest: Int64) -> SpaceMap {
      // A folder that holds nothing but one other is worth no frame of its own.
      if children.count == 1, let (inner, only) = children.elements.first,
        !only.children.isEmpty
      {
        return only.map(name == "/" ? "/\(inner)" : "\(name)/\(inner)", smallest: smallest)
      }
      let kind = kinds.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
      var shown = children.elements.filter { $0.value.bytes >= smallest }.map {
        $0.value.map($0.path, smallest: smallest)
      }
      let rest = children.elements.map { $0.value }.filter { $0.bytes < smallest }
      if !rest.isEmpty {
        let files = rest.reduce(0) { $0 + $1.files }
        shown.append(
          SpaceMap(
            name: "\(files) smaller", bytes: rest.reduce(0) { $0 + $1.bytes }, files: files,
            kind: kind?.rawValue ?? "", children: []))
      }
      return SpaceMap(
        name: name, bytes: bytes, files: files, kind: kind?.rawValue ?? "",
        children: shown.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) })
    }
  }
}

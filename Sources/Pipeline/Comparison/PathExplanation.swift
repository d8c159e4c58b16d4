public import Content
internal import Diagnostics
internal import FileSystem
public import Images

/// Why a path is in an image.
public struct PathExplanation: Hashable, Codable, Sendable {
  /// What one origin has below a folder.
  public struct Share: Hashable, Codable, Sendable {
    public let origin: Origin
    public internal(set) var files = 0
    public internal(set) var bytes: Int64 = 0
  }

  /// As it was asked for, absolute.
  public let asked: String
  /// Where it is when links on the way are followed; the last one is not.
  public let path: String
  public let file: Manifest.File
  public let origin: Origin
  /// The package or wheel as it was fetched.
  public let component: Manifest.Component?
  /// Who wanted that package or wheel.
  public let wanted: DependencyChain?
  /// Of byte code: the file that it was compiled from, and whose that is.
  public let source: String?
  public let sourceOrigin: Origin?
  /// Of a folder: who has files in it, those with most bytes first.
  public let shares: [Share]

  /// - Throws: ``ComparisonError/Code/noSuchPath`` with the nearest name of its folder.
  public init(of path: String, in manifest: Manifest) throws(ComparisonError) {
    let tree = ManifestTree(manifest)
    asked = "/" + path.plainPath
    guard let place = tree.resolve(path), let file = tree.files[place] else {
      throw Self.missing(asked, tree)
    }
    self.file = file
    self.path = place == "." ? "/" : "/" + place
    origin = manifest.origins[file.origin]
    let origin = origin
    component =
      manifest.artifacts.first {
        $0.kind == origin.kind.rawValue && $0.name == origin.artifactName
          && $0.version == origin.version
      }
      ?? manifest.artifacts.first {
        $0.kind == origin.kind.rawValue && $0.name == origin.artifactName
      }
    wanted = component.flatMap {
      DependencyChain(to: $0.name, kind: $0.kind, in: manifest.artifacts)
    }
    source = Self.source(of: place, tree)
    sourceOrigin = source.flatMap { tree.files[String($0.dropFirst())] }.map {
      manifest.origins[$0.origin]
    }
    shares = file.kind == .directory ? Self.shares(below: place, manifest) : []
  }

  /// `m/__pycache__/x.cpython-313.pyc` is compiled from `m/x.py`.
  private static func source(of path: String, _ tree: ManifestTree) -> String? {
    let parts = path.pathComponents
    guard path.hasSuffix(".pyc"), parts.dropLast().last == "__pycache__",
      let stem = parts.last?.split(separator: ".").first
    else { return nil }
    let source = (parts.dropLast(2) + ["\(stem).py"]).joined(separator: "/")
    return tree.files[source] == nil ? nil : "/" + source
  }

  private static func shares(below folder: String, _ manifest: Manifest) -> [Share] {
    var shares: [Int: Share] = [:]
    for file in manifest.files
    where (folder == "." || file.path.isInside(folder)) && file.kind != .directory {
      var share = shares[file.origin] ?? Share(origin: manifest.origins[file.origin])
      share.files += 1
      share.bytes += file.size
      shares[file.origin] = share
    }
    return shares.values.sorted {
      $0.bytes == $1.bytes ? $0.origin < $1.origin : $0.bytes > $1.bytes
    }
  }

  private static func missing(_ path: String, _ tree: ManifestTree) -> ComparisonError {
    let parts = ImageContents.normalized(path).pathComponents
    let folder = tree.resolve((parts.dropLast() + ["."]).joined(separator: "/"))
    let names = folder.map(tree.names) ?? []
    let near = nearest(to: parts.last ?? "", among: names).map { name in
      "did you mean \(folder == "." ? "" : "/" + (folder ?? ""))/\(name)?"
    }
    let reason = folder == nil ? "it has no such folder either" : nil
    return ComparisonError(.noSuchPath, path, reason: reason, remedy: near)
  }
}

extension Origin {
  /// As a lock names it: projects by their normalised name.
  fileprivate var artifactName: String {
    kind == .wheel ? ProjectName.normalized(name) : name
  }
}

/// The paths of a manifest as a file system.
struct ManifestTree {
  let files: PathTable<Manifest.File>

  init(_ manifest: Manifest) {
    files = PathTable(manifest.files.map { ($0.path, $0) })
  }

  /// The path with the links of its folders followed, as in the running image.
  ///
  /// - Returns: nil where there is nothing, or links go in a circle.
  func resolve(_ path: String) -> String? {
    let place = LinkWalk.resolve(path, followLast: false) { here in
      files[here].flatMap { $0.kind == .symlink ? $0.link : nil }
    }
    guard let place else { return nil }
    let name = place.isEmpty ? "." : place
    return files[name] == nil ? nil : name
  }

  /// The names in a folder.
  func names(in folder: String) -> [String] {
    let isRoot = folder == "."
    return files.paths.compactMap { path in
      guard isRoot || path.isInside(folder) else { return nil }
      let name = Substring(path.utf8.dropFirst(isRoot ? 0 : folder.utf8.count + 1))
      return name.isEmpty || name.hasSlash ? nil : String(name)
    }
  }
}

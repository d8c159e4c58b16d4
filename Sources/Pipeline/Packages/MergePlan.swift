internal import Content
internal import Digests
internal import FileSystem

/// Which path of a merged root comes from which package: decided by the packages' order and
/// relations, before anything is written.
struct MergePlan {
  /// What will stand at a path.
  struct Node {
    enum Content {
      /// A folder; nil attributes are those of a folder that no package lists.
      case directory(PackageEntry?)
      /// A file, link or node of a package's tree.
      case entry(PackageEntry)
      /// A link that kiln lays for a merged `/usr`.
      case alias(String)
    }

    var content: Content
    /// nil for what no package owns.
    var package: Int?

    /// Of a package's file, as it was when the package was unpacked.
    var sha256: SHA256Digest? {
      if case .entry(let entry) = content { entry.sha256 } else { nil }
    }
  }

  /// By path.
  var digests: PathTable<SHA256Digest> { nodes.compactMapValues(\.sha256) }

  /// Keyed by the path with links of folders resolved.
  private(set) var nodes: PathTable<Node> = [:]
  /// Paths, as the package has them, that another package replaces.
  private(set) var lost: [Int: PathSet] = [:]
  private(set) var deferred: Set<Int> = []

  /// Of dpkg's database.
  private var reserved: PathSet = []

  private let packages: [PackageFacts]
  private var folders: PathTable<String> = ["": ""]

  /// - Throws: ``PackageError/Code/overlap``.
  static func make(
    _ packages: [UnpackedPackage], options: PristineRoot.Options
  ) throws(PackageError) -> MergePlan {
    var facts: [PackageFacts] = []
    for package in packages { facts.append(try PackageFacts(package)) }
    return try make(facts, options: options)
  }

  static func make(
    _ facts: [PackageFacts], options: PristineRoot.Options
  ) throws(PackageError) -> MergePlan {
    var deferred = Set(facts.indices.filter { facts[$0].renamesOthersFiles })
    while true {
      var plan = MergePlan(packages: facts)
      plan.deferred = deferred
      guard let overlap = try plan.fill(options) else { return plan }
      // A package that diverts without renaming makes room for itself too, once its preinst ran.
      let diverting = [overlap.second, overlap.first].first { facts[$0].diverts }
      guard let diverting else {
        throw PackageError(
          .overlap, package: facts[overlap.second].databaseName, place: "/" + overlap.path,
          reason: "\(facts[overlap.first].databaseName) owns it too")
      }
      deferred.insert(diverting)
    }
  }

  private struct Overlap {
    let path: String
    let first: Int
    let second: Int
  }

  private init(packages: [PackageFacts]) { self.packages = packages }

  private mutating func fill(_ options: PristineRoot.Options) throws(PackageError) -> Overlap? {
    if options.mergedUsr { layAliases(options.architecture) }
    let order =
      packages.indices.filter { packages[$0].name == "base-files" }
      + packages.indices.filter { packages[$0].name != "base-files" }
    for package in order where !deferred.contains(package) {
      for entry in packages[package].entries where !entry.path.isEmpty {
        if let overlap = try add(entry, package) { return overlap }
      }
    }
    return nil
  }

  /// As debootstrap's `setup_merged_usr`, unless base-files brings the links.
  private mutating func layAliases(_ architecture: Architecture) {
    let shipped = packages.contains {
      $0.entries.contains { $0.path == "bin" && $0.kind == .symlink }
    }
    guard !shipped else { return }
    let wide = architecture == .amd64 ? ["lib32", "lib64", "libx32"] : []
    makeFolder("usr")
    for name in ["bin", "sbin", "lib"] + wide {
      nodes[name] = Node(content: .alias("usr/\(name)"), package: nil)
      makeFolder("usr/\(name)")
    }
  }

  /// Puts one more entry into its place, or finds that another package holds that already.
  private mutating func add(
    _ entry: PackageEntry, _ package: Int
  ) throws(PackageError) -> Overlap? {
    let parent = try folder(EntryPath.parent(entry.path) ?? "", package)
    let path = EntryPath.join(parent, EntryPath.name(entry.path))
    makeFolder(parent)
    guard let existing = nodes[path] else {
      let content: Node.Content = entry.kind == .directory ? .directory(entry) : .entry(entry)
      nodes[path] = Node(content: content, package: package)
      return nil
    }
    switch existing.content {
    case .directory(let listed):
      if entry.kind == .directory {
        if listed == nil {
          nodes[path] = Node(content: .directory(entry), package: package)
        }
        return nil
      }
      // dpkg leaves a folder where a package brings a link to one, and refuses anything else.
      return entry.kind == .symlink
        ? nil : Overlap(path: path, first: existing.package ?? package, second: package)
    case .alias: return nil
    case .entry(let other):
      // A link to a folder stays where a package lists a folder.
      if entry.kind == .directory, other.kind == .symlink { return nil }
      return settle(path, other, existing.package ?? package, entry, package)
    }
  }

  /// Decides as dpkg's `tarobject` whose file stands at `path`.
  private mutating func settle(
    _ path: String, _ other: PackageEntry, _ first: Int, _ entry: PackageEntry, _ second: Int
  ) -> Overlap? {
    let winner = Node(content: .entry(entry), package: second)
    guard PathKey(other.path) == PathKey(entry.path) else {
      // Two names of one path through a merged /usr: dpkg does not see it, and the later one
      // stands; but a package that links one name to the other means the file.
      if entry.kind != .symlink || other.kind == .symlink { nodes[path] = winner }
      return nil
    }
    if packages[first].name == packages[second].name {
      let same =
        other.sha256 == entry.sha256 && other.kind == entry.kind
        && (entry.kind != .symlink
          || other.linkTarget.map(PathKey.init) == entry.linkTarget.map(PathKey.init))
      return same ? nil : Overlap(path: path, first: first, second: second)
    }
    if packages[second].replaces(packages[first]) {
      lost[first, default: []].insert(entry.path)
      nodes[path] = winner
    } else if packages[first].replaces(packages[second]) {
      lost[second, default: []].insert(entry.path)
    } else {
      return Overlap(path: path, first: first, second: second)
    }
    return nil
  }

  /// Makes sure that a folder with a resolved path exists, with all those above it.
  private mutating func makeFolder(_ path: String) {
    guard !path.isEmpty, nodes[path] == nil else { return }
    if let parent = EntryPath.parent(path) { makeFolder(parent) }
    nodes[path] = Node(content: .directory(nil), package: nil)
  }

  /// Makes room for a file of dpkg's database, which kiln itself writes: its folders may be links, and
  /// nothing of a package may be in its place.
  ///
  /// - Returns: its path with the links resolved that lead to it.
  /// - Throws: ``PackageError/Code/reservedPath``.
  mutating func reserve(_ file: PackageDatabase.File) throws(PackageError) -> String {
    let parent = try folder(EntryPath.parent(file.path) ?? "", file.package)
    let path = EntryPath.join(parent, EntryPath.name(file.path))
    makeFolder(parent)
    guard nodes[path] == nil, reserved.insert(path) else {
      throw PackageError(
        .reservedPath, package: name(of: nodes[path]?.package ?? file.package),
        place: "/" + file.path)
    }
    return path
  }

  /// The path of a folder with the links resolved that lead to it.
  ///
  /// - Parameter package: for errors; nil for what is of no package.
  private mutating func folder(
    _ path: String, _ package: Int?, depth: Int = 0
  ) throws(PackageError) -> String {
    if let known = folders[path] { return known }
    // The kernel gives up after 40 links too.
    guard depth <= 40 else { throw unsafe(path, package, "its links lead in a circle") }
    let parent = try folder(EntryPath.parent(path) ?? "", package, depth: depth)
    let plain = EntryPath.join(parent, EntryPath.name(path))
    var resolved = plain
    switch nodes[plain]?.content {
    case .alias(let target):
      resolved = try follow(target, parent, package, depth)
    case .entry(let entry):
      guard entry.kind == .symlink, let target = entry.linkTarget else {
        throw unsafe(path, package, "/\(plain) is not a folder")
      }
      resolved = try follow(target, parent, package, depth)
    case .directory, nil: break
    }
    folders[path] = resolved
    return resolved
  }

  private mutating func follow(
    _ target: String, _ parent: String, _ package: Int?, _ depth: Int
  ) throws(PackageError) -> String {
    var parts = target.isAbsolutePath ? [] : parent.pathComponents
    for part in target.pathComponents where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
    }
    return try folder(parts.joined(separator: "/"), package, depth: depth + 1)
  }

  private func unsafe(_ path: String, _ package: Int?, _ reason: String) -> PackageError {
    PackageError(.unsafePath, package: name(of: package), place: "/" + path, reason: reason)
  }

  private func name(of package: Int?) -> String {
    package.map { packages[$0].databaseName } ?? "dpkg's database"
  }
}

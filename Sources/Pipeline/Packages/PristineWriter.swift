internal import Content
internal import FileSystem
internal import SystemPackage

/// Writes a merged root: folders, then hard links to the packages' files, then dpkg's database.
struct PristineWriter {
  let root: FilePath
  let packages: [UnpackedPackage]
  let plan: MergePlan
  let options: PristineRoot.Options

  /// - Returns: path → index of the package that owns it.
  func write() throws(PackageError) -> PathTable<Int> {
    var plan = plan
    var database = try PackageDatabase(packages: packages, plan: plan, options: options).files()
    for index in database.indices { database[index].path = try plan.reserve(database[index]) }
    // Byte order has every folder before what it holds.
    let nodes = plan.nodes.elements.sorted { precedes($0.path, $1.path) }
    try files("the root") { () throws(FileError) in try Files.makeDirectory(root) }
    for (path, node) in nodes {
      guard !Task.isCancelled else { throw PackageError(.interrupted, package: "the root") }
      try files(node.package.map { packages[$0].name } ?? "the root") { () throws(FileError) in
        try write(node, at: path)
      }
    }
    for file in database {
      try files("dpkg's database") { () throws(FileError) in try write(file) }
    }
    try finishFolders(nodes)
    return owners(nodes, database)
  }

  private func write(_ node: MergePlan.Node, at path: String) throws(FileError) {
    let target = root.appending(path)
    switch node.content {
    case .directory: try Files.makeDirectory(target)
    case .alias(let link):
      try Files.makeSymlink(target, to: link)
      try Files.setModified(options.epoch, of: target)
    case .entry(let entry):
      guard let package = node.package else { return }
      try link(packages[package].tree.appending(entry.path), to: target, entry)
    }
  }

  /// A hard link, or a copy where the file system allows none.
  private func link(
    _ source: FilePath, to target: FilePath, _ entry: PackageEntry?
  ) throws(FileError) {
    do throws(FileError) { return try Files.makeHardLink(target, to: source) } catch {
      let impossible: [Errno] = [.improperLink, .tooManyLinks, .notPermitted]
      guard let cause = error.cause, impossible.contains(cause) else { throw error }
    }
    guard let status = try Files.status(source) else { return }
    switch status.kind {
    case .symlink: try Files.makeSymlink(target, to: try Files.readSymlink(source))
    case .file: try Files.copy(source, to: target)
    default: try Files.makeNode(target, mode: 0o010600, major: 0, minor: 0)
    }
    try Files.setOwner(status.owner, group: status.group, of: target)
    if status.kind != .symlink { try Files.setPermissions(status.permissions, of: target) }
    for (name, value) in entry?.attributes ?? [:] {
      try Files.setAttribute(name, value, of: target)
    }
    try Files.setModified(status.modified, of: target)
  }

  private func write(_ file: PackageDatabase.File) throws(FileError) {
    let target = root.appending(file.path)
    switch file.content {
    case .link(let source): try link(source, to: target, nil)
    case .text(let text):
      try Files.write(text, to: target, permissions: file.permissions)
      try Files.setModified(options.epoch, of: target)
    }
  }

  private func finishFolders(
    _ nodes: [(path: String, value: MergePlan.Node)]
  ) throws(PackageError) {
    for (path, node) in nodes.reversed() {
      guard case .directory(let entry) = node.content else { continue }
      let target = root.appending(path)
      try files("the root") { () throws(FileError) in
        if let entry {
          try Files.setOwner(entry.owner, group: entry.group, of: target)
          try Files.setPermissions(entry.permissions, of: target)
        }
        try Files.setModified(entry?.modified ?? options.epoch, of: target)
      }
    }
    try files("the root") { () throws(FileError) in
      try Files.setModified(options.epoch, of: root)
    }
  }

  private func owners(
    _ nodes: [(path: String, value: MergePlan.Node)], _ database: [PackageDatabase.File]
  ) -> PathTable<Int> {
    var owners: PathTable<Int> = [:]
    for (path, node) in nodes { owners[path] = node.package }
    for file in database { owners[file.path] = file.package }
    return owners
  }

  private func files(
    _ subject: String, _ body: () throws(FileError) -> Void
  ) throws(PackageError) {
    do throws(FileError) { try body() } catch { throw PackageError(error, package: subject) }
  }
}

public import Content
internal import Digests
internal import FileSystem
internal import SystemPackage

/// The root file system that a stack of layers amounts to, in memory: what overlayfs would show,
/// less what no image carries.
///
/// Left out: what `/dev`, `/proc`, `/run`, `/sys` and `/tmp` hold, sockets, every extended
/// attribute but `security.capability`. Times are clamped to the source date.
public struct FileTree: Sendable {
  /// Folders of the root that the running system fills; they are in the image, empty.
  static let emptied: Set<String> = ["dev", "proc", "run", "sys", "tmp"]

  private struct Inode: Hashable {
    let layer: FilePath
    let origin: Origin
    let device: UInt64
    let number: UInt64
  }

  private struct Node {
    var entry: TreeEntry
    /// Name → index; nil for what is no folder.
    var children: [String: Int]?
    /// Of a file that has more than one name somewhere.
    var inode: Inode?
  }

  /// What the tree is made of, lowest first.
  private var layers: [Layer]
  private var nodes: [Node]
  /// Of the files of the layer that is being applied.
  private var digests: [String: SHA256Digest] = [:]
  /// Of the layer that is being applied.
  private var directory = ""
  private let sourceDateEpoch: Int64

  /// - Parameters:
  ///   - layers: lowest first.
  ///   - below: a tree of the same date; where it is made of the first of the layers, those are not
  ///     read again.
  /// - Throws: ``ImageError`` for a layer that cannot be read and for a name that no image can
  ///   hold, which names its origin.
  public init(
    _ layers: [Layer], sourceDateEpoch: Int64, over below: FileTree? = nil
  ) throws(ImageError) {
    if let below, below.sourceDateEpoch == sourceDateEpoch, layers.starts(with: below.layers) {
      self = below
      for layer in layers.dropFirst(below.layers.count) { try apply(layer) }
      return
    }
    self.sourceDateEpoch = sourceDateEpoch
    self.layers = []
    let root = TreeEntry(
      path: "", kind: .directory, permissions: 0o755, owner: 0, group: 0, size: 0,
      modified: sourceDateEpoch, link: "", capability: [],
      origin: layers.first?.origin ?? Origin(.base), layer: layers.first?.directory ?? "")
    nodes = [Node(entry: root, children: [:], inode: nil)]
    for layer in layers { try apply(layer) }
  }

  /// Lays one more layer over the tree.
  public mutating func apply(_ layer: Layer) throws(ImageError) {
    layers.append(layer)
    directory = layer.directory.string
    digests = [:]
    if let file = layer.digests {
      do throws(FileError) { digests = try LayerDigests(reading: file).digests } catch {
        throw ImageError(error, origin: layer.origin)
      }
    }
    // The root's own attributes are kiln's: the folder of a layer is made by whoever made it.
    var pending = [(path: "", index: 0)]
    while let (folder, index) = pending.popLast() {
      try Task.refuseIfCancelled()
      for name in try names(layer, folder) {
        let path = folder.isEmpty ? name : folder + "/" + name
        guard let placed = try place(path, name, below: index, layer) else { continue }
        if !Self.emptied.contains(path) { pending.append((path, placed)) }
      }
    }
  }

  /// - Returns: the node of a folder whose content is to be visited.
  private mutating func place(
    _ path: String, _ name: String, below parent: Int, _ layer: Layer
  ) throws(ImageError) -> Int? {
    let file = "\(directory)/\(path)"
    let origin = layer.origin(of: path)
    guard
      let status = try reading(
        layer, origin, { () throws(FileError) in try Files.status(at: file) })
    else { return nil }
    if status.isWhiteout {
      nodes[parent].children?[name] = nil
      return nil
    }
    guard let entry = try entry(path, name, file, status, origin, layer) else { return nil }
    guard status.kind == .directory else {
      var node = Node(entry: entry, children: nil, inode: nil)
      if status.kind == .file, status.linkCount > 1 {
        node.inode = Inode(
          layer: layer.directory, origin: origin, device: status.device, number: status.inode)
      }
      add(node, name, below: parent)
      return nil
    }
    let opaque = try isOpaque(file, layer, origin)
    if !opaque, let below = nodes[parent].children?[name], nodes[below].children != nil {
      nodes[below].entry = entry.keepingOrigin(of: nodes[below].entry)
      return below
    }
    return add(Node(entry: entry, children: [:], inode: nil), name, below: parent)
  }

  @discardableResult
  private mutating func add(_ node: Node, _ name: String, below parent: Int) -> Int {
    let index = nodes.count
    nodes.append(node)
    nodes[parent].children?[name] = index
    return index
  }

  /// - Returns: nil for what no image carries.
  private func entry(
    _ path: String, _ name: String, _ file: String, _ status: FileStatus, _ origin: Origin,
    _ layer: Layer
  ) throws(ImageError) -> TreeEntry? {
    guard let kind = TreeEntry.Kind(status.kind) else { return nil }
    guard name.utf8.count <= 255 else {
      throw ImageError(.badName, path, origin: origin, reason: "it is longer than 255 bytes")
    }
    var entry = TreeEntry(
      path: path, kind: kind, permissions: status.permissions, owner: status.owner,
      group: status.group, size: kind == .file ? status.size : 0,
      modified: min(max(status.modified, 0), sourceDateEpoch), link: "", capability: [],
      sha256: kind == .file ? digests[path] : nil, origin: origin, layer: layer.directory)
    switch kind {
    case .file:
      entry.capability = try reading(layer, origin) { () throws(FileError) in
        try Files.attribute("security.capability", at: file) ?? []
      }
    case .symlink:
      entry.link = try reading(layer, origin) { () throws(FileError) in
        try Files.readSymlink(at: file)
      }
    case .characterDevice, .blockDevice:
      (entry.deviceMajor, entry.deviceMinor) = status.deviceNumber
    case .directory where Self.emptied.contains(path):
      // Whatever was mounted there meanwhile, the image's folder is as base-files ships it.
      entry.permissions = path == "tmp" ? 0o1777 : 0o755
      (entry.owner, entry.group) = (0, 0)
    case .directory, .hardlink, .fifo: break
    }
    return entry
  }

  /// Whether a layer's folder hides what the layers below have at its path.
  private func isOpaque(
    _ folder: String, _ layer: Layer, _ origin: Origin
  ) throws(ImageError) -> Bool {
    let attributes = try reading(layer, origin) { () throws(FileError) in
      try Files.attributeNames(at: folder)
    }
    for name in attributes
    where name.hasPrefix("trusted.overlay.") || name.hasPrefix("user.overlay.") {
      let value = try reading(layer, origin) { () throws(FileError) in
        try Files.attribute(name, at: folder)
      }
      let isOpaque = name.hasSuffix(".opaque")
      if isOpaque, value == Array("y".utf8) { return true }
      // "x" announces whiteouts in attributes, which only an overlay within an overlay has.
      if isOpaque || name.hasSuffix(".redirect") {
        throw ImageError(
          .unsupportedLayer, folder, origin: origin, reason: "it has the attribute \(name)")
      }
    }
    return false
  }

  private func names(_ layer: Layer, _ folder: String) throws(ImageError) -> [String] {
    try reading(layer, layer.origin(of: folder)) { () throws(FileError) in
      try Files.entries(at: folder.isEmpty ? directory : "\(directory)/\(folder)")
    }
  }

  /// A name that the image cannot hold is told as the image has it: where the store keeps it is
  /// nothing to act on.
  private func reading<Value>(
    _ layer: Layer, _ origin: Origin, _ body: () throws(FileError) -> Value
  ) throws(ImageError) -> Value {
    do throws(FileError) { return try body() } catch {
      guard error.code == .notUTF8 else { throw ImageError(error, origin: origin) }
      var path = error.path
      _ = path.removePrefix(layer.directory)
      throw ImageError(.badName, "/\(path)", origin: origin, cause: .file(error))
    }
  }
}

extension FileTree {
  /// Every path of the tree, in byte order, the root first. Of several names of one file the first
  /// is the file, the others are hard links to it.
  public var entries: [TreeEntry] {
    // Layers hold hard links into kiln's store, so a link count says nothing: names belong
    // together only where one layer has one inode at several paths of one origin.
    var first: [Inode: String] = [:]
    // Nodes are large, so only their names move while they are sorted.
    let order = reachable().map { (path: nodes[$0].entry.path, index: $0) }
      .sorted { precedes($0.path, $1.path) }
    return order.map { path, index in
      var entry = nodes[index].entry
      guard let inode = nodes[index].inode else { return entry }
      guard let target = first[inode] else {
        first[inode] = path
        return entry
      }
      entry.kind = .hardlink
      entry.link = target
      entry.size = 0
      entry.sha256 = nil
      // The target's entry brings it.
      entry.capability = []
      return entry
    }
  }

  /// Indexes of nodes.
  private func reachable() -> [Int] {
    var found: [Int] = [0]
    var next = 0
    while next < found.count {
      if let children = nodes[found[next]].children { found += children.values }
      next += 1
    }
    return found
  }
}

extension TreeEntry {
  /// A folder that an overlay copied up only to hold something stays its first maker's.
  fileprivate func keepingOrigin(of below: TreeEntry) -> TreeEntry {
    guard (permissions, owner, group) == (below.permissions, below.owner, below.group) else {
      return self
    }
    var entry = self
    entry.origin = below.origin
    return entry
  }
}

extension TreeEntry.Kind {
  fileprivate init?(_ kind: FileStatus.Kind) {
    switch kind {
    case .file: self = .file
    case .directory: self = .directory
    case .symlink: self = .symlink
    case .fifo: self = .fifo
    case .characterDevice: self = .characterDevice
    case .blockDevice: self = .blockDevice
    case .socket: return nil
    }
  }
}

extension Task where Success == Never, Failure == Never {
  static func refuseIfCancelled() throws(ImageError) {
    if isCancelled { throw ImageError(.interrupted, "") }
  }
}

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
  /// A file that has several names in one layer.
  private struct File: Hashable {
    let layer: Int
    let number: Int
  }

  private struct Node {
    var entry: TreeEntry
    var file: File?
  }

  /// What the tree is made of, lowest first.
  private var layers: [Layer] = []
  /// In byte order of the paths, the root first.
  private var nodes: [Node]
  /// Whoever made something of a layer, layer after layer, in the order in which an image carries it.
  private(set) var origins: [Origin] = []
  private let sourceDateEpoch: Int64

  /// - Parameters:
  ///   - layers: lowest first.
  ///   - below: a tree of the same date; where it is made of the first of the layers, those are not
  ///     read again.
  /// - Throws: ``ImageError`` for a layer that cannot be read, which names its origin.
  public init(
    _ layers: [Layer], sourceDateEpoch: Int64, over below: FileTree? = nil
  ) throws(ImageError) {
    if let below, below.sourceDateEpoch == sourceDateEpoch, layers.starts(with: below.layers) {
      self = below
      for layer in layers.dropFirst(below.layers.count) { try apply(layer) }
      return
    }
    self.sourceDateEpoch = sourceDateEpoch
    // The root's own attributes are kiln's: the folder of a layer is made by whoever made it.
    let root = TreeEntry(
      path: "", kind: .directory, permissions: 0o755, owner: 0, group: 0, size: 0,
      modified: sourceDateEpoch, link: "", capability: [],
      origin: layers.first?.origin ?? Origin(.base), layer: layers.first?.directory ?? "")
    nodes = [Node(entry: root)]
    for layer in layers { try apply(layer) }
  }

  /// Lays one more layer over the tree.
  public mutating func apply(_ layer: Layer) throws(ImageError) {
    try Task.refuseIfCancelled()
    let listing: LayerListing
    do throws(FileError) { listing = try LayerListing(reading: layer.listing) } catch {
      throw ImageError(error, origin: layer.origin)
    }
    var merged: [Node] = []
    merged.reserveCapacity(nodes.count + listing.entries.count)
    var below = nodes.makeIterator()
    var next = below.next()
    var hidden = HiddenFolders()
    for listed in listing.entries where EmptiedFolders.holding(listed.path) == nil {
      while let node = next, precedes(node.entry.path, listed.path) {
        if !hidden.hide(node.entry.path) { merged.append(node) }
        next = below.next()
      }
      var covered: TreeEntry?
      // What is not before and not behind has the same bytes.
      if let node = next, !precedes(listed.path, node.entry.path) {
        if !hidden.hide(listed.path) { covered = node.entry }
        next = below.next()
      }
      let node = try node(listed, of: layer, listing)
      if let covered, covered.kind == .directory,
        node?.entry.kind != .directory || listed.cover == .hides
      {
        hidden.add(listed.path)
      }
      guard var node else { continue }
      if let covered, covered.kind == .directory, listed.cover == .merges {
        node.entry.keepOrigin(of: covered)
      }
      merged.append(node)
    }
    while let node = next {
      if !hidden.hide(node.entry.path) { merged.append(node) }
      next = below.next()
    }
    nodes = merged
    layers.append(layer)
    origins += listing.origins + [layer.origin]
  }

  /// - Returns: nil for what only hides what is below.
  private func node(
    _ listed: LayerListing.Entry, of layer: Layer, _ listing: LayerListing
  ) throws(ImageError) -> Node? {
    guard let kind = TreeEntry.Kind(listed.kind) else { return nil }
    let origin = listing.origin(of: listed, in: layer)
    if case .unknown(let attribute) = listed.cover {
      throw ImageError(
        .unsupportedLayer, layer.directory.appending(listed.path).string, origin: origin,
        reason: "it has the attribute \(attribute)")
    }
    var entry = TreeEntry(
      path: listed.path, kind: kind, permissions: listed.permissions, owner: listed.owner,
      group: listed.group, size: listed.size, modified: min(listed.modified, sourceDateEpoch),
      link: listed.link, capability: listed.capability, deviceMajor: listed.device.major,
      deviceMinor: listed.device.minor, sha256: listed.sha256, origin: origin,
      layer: layer.directory)
    if kind == .directory, EmptiedFolders.names.contains(listed.path) {
      // Whatever was mounted there meanwhile, the image's folder is as base-files ships it.
      entry.permissions = listed.path == "tmp" ? 0o1777 : 0o755
      (entry.owner, entry.group) = (0, 0)
    }
    return Node(entry: entry, file: listed.file.map { File(layer: layers.count, number: $0) })
  }

  /// Every path of the tree, in byte order, the root first. Of several names of one file the first
  /// is the file, the others are hard links to it.
  public var entries: [TreeEntry] {
    var first: [File: String] = [:]
    return nodes.map { node in
      guard let file = node.file else { return node.entry }
      guard let target = first[file] else {
        first[file] = node.entry.path
        return node.entry
      }
      var entry = node.entry
      entry.kind = .hardlink
      entry.link = target
      entry.size = 0
      entry.sha256 = nil
      // The target's entry brings it.
      entry.capability = []
      return entry
    }
  }
}

/// Folders whose content a layer hides, while the paths below it are gone through in byte order.
private struct HiddenFolders {
  private var paths: [String] = []

  mutating func add(_ path: String) { paths.append(path) }

  /// Whether a path is in one of them.
  mutating func hide(_ path: String) -> Bool {
    if paths.isEmpty { return false }
    // What a folder holds stands in a row, though not always right behind it: `a`, `a-b`, `a/x`.
    while let last = paths.last, !path.isInside(last), precedes(last + "/", path) {
      paths.removeLast()
    }
    return paths.contains { path.isInside($0) }
  }
}

extension TreeEntry {
  /// A folder that an overlay copied up only to hold something stays its first maker's.
  fileprivate mutating func keepOrigin(of below: TreeEntry) {
    if (permissions, owner, group) == (below.permissions, below.owner, below.group) {
      origin = below.origin
    }
  }
}

extension TreeEntry.Kind {
  fileprivate init?(_ kind: LayerListing.Kind) {
    switch kind {
    case .file: self = .file
    case .directory: self = .directory
    case .symlink: self = .symlink
    case .fifo: self = .fifo
    case .characterDevice: self = .characterDevice
    case .blockDevice: self = .blockDevice
    case .nothing: return nil
    }
  }
}

extension Task where Success == Never, Failure == Never {
  static func refuseIfCancelled() throws(ImageError) {
    if isCancelled { throw ImageError(.interrupted, "") }
  }
}

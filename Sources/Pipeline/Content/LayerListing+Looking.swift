public import Digests
public import FileSystem
public import SystemPackage

extension LayerListing {
  /// Looks at everything below a layer's folder.
  ///
  /// - Parameters:
  ///   - owners: the origins of paths whose origin is not the layer's, as indexes into `origins`.
  ///   - known: digests by path, of files that were hashed as they came; the others are read.
  public init(
    of root: FilePath, owners: PathTable<Int> = [:], origins: [Origin] = [],
    known: PathTable<SHA256Digest> = [:]
  ) throws(FileError) {
    let place = root.string + "/"
    var entries: [Entry] = []
    var files: [Inode: Int] = [:]
    try Files.walk(root) { (path, status) throws(FileError) in
      var entry = try Entry(
        path, status, at: place + path, origin: owners[path], known: known[path])
      // Layers hold hard links into kiln's store, so a link count says nothing: names belong
      // together only where one layer has one inode at several paths of one origin.
      if status.kind == .file, status.linkCount > 1 {
        let inode = Inode(device: status.device, number: status.inode, origin: entry.origin)
        if let first = files[inode] {
          entries[first].file = first
          entry.file = first
        } else {
          files[inode] = entries.count
        }
      }
      entries.append(entry)
      return true
    }
    self.origins = origins
    self.entries = entries.sorted { precedes($0.path, $1.path) }
  }

  private struct Inode: Hashable {
    let device: UInt64
    let number: UInt64
    let origin: Int?
  }
}

extension LayerListing.Entry {
  fileprivate init(
    _ path: String, _ status: FileStatus, at place: String, origin: Int?, known: SHA256Digest?
  ) throws(FileError) {
    let kind = status.isWhiteout ? .nothing : LayerListing.Kind(status.kind)
    var (sha256, capability): (SHA256Digest?, [UInt8]) = (nil, [])
    if kind == .file {
      if let known { sha256 = known } else { sha256 = try FileDigest(of: FilePath(place)).sha256 }
      capability = try Files.attribute("security.capability", at: place) ?? []
    }
    let hasNumbers = kind == .characterDevice || kind == .blockDevice
    self.init(
      path: path, kind: kind, permissions: status.permissions, owner: status.owner,
      group: status.group, size: kind == .file ? status.size : 0,
      modified: max(status.modified, 0),
      device: .init(
        major: hasNumbers ? status.deviceNumber.major : 0,
        minor: hasNumbers ? status.deviceNumber.minor : 0),
      origin: origin, file: nil, sha256: sha256, capability: capability,
      cover: kind == .directory ? try LayerListing.Cover(of: place) : .merges,
      link: kind == .symlink ? try Files.readSymlink(at: place) : "")
  }
}

extension LayerListing.Kind {
  fileprivate init(_ kind: FileStatus.Kind) {
    switch kind {
    case .file: self = .file
    case .directory: self = .directory
    case .symlink: self = .symlink
    case .fifo: self = .fifo
    case .characterDevice: self = .characterDevice
    case .blockDevice: self = .blockDevice
    case .socket: self = .nothing
    }
  }
}

extension LayerListing.Cover {
  /// By the attributes of the overlay that wrote the folder.
  fileprivate init(of folder: String) throws(FileError) {
    self = .merges
    for name in try Files.attributeNames(at: folder)
    where name.hasPrefix("trusted.overlay.") || name.hasPrefix("user.overlay.") {
      let isOpaque = name.hasSuffix(".opaque")
      if isOpaque, try Files.attribute(name, at: folder) == Array("y".utf8) {
        self = .hides
        return
      }
      // "x" announces whiteouts in attributes, which only an overlay within an overlay has.
      if isOpaque || name.hasSuffix(".redirect") {
        self = .unknown(attribute: name)
        return
      }
    }
  }
}

import FileSystem
import Sandbox
import SystemPackage

/// Writes into the upper directory of a layer what kiln itself puts into an image, as a program
/// would that writes through the overlay.
struct LayerEditor {
  private let stack: LayerStack
  private let upper: FilePath
  private let privileges: Privileges
  /// Every path written, relative.
  private(set) var written: [String] = []

  init(_ place: Workplace) {
    stack = place.stack
    upper = place.upper
    privileges = place.privileges
  }

  /// Owner, group and permission bits of what is written.
  struct Attributes {
    var mode: UInt16
    var owner: UInt32 = 0
    var group: UInt32 = 0
  }

  mutating func write(
    _ content: some Sequence<UInt8>, at path: String, _ attributes: Attributes
  ) throws(FileError) {
    let place = try prepare(path)
    try Files.write(content, to: place, permissions: attributes.mode)
    try finish(place, attributes)
  }

  mutating func copy(
    _ source: FilePath, to path: String, _ attributes: Attributes
  ) throws(FileError) {
    let place = try prepare(path)
    try Files.copy(source, to: place)
    try finish(place, attributes)
  }

  mutating func link(_ path: String, to target: String, _ attributes: Attributes) throws(FileError)
  {
    let place = try prepare(path)
    try Files.makeSymlink(place, to: target)
    try Files.setOwner(attributes.owner, group: attributes.group, of: place)
  }

  /// Makes a folder; one that exists keeps its attributes, since it belongs to someone.
  mutating func makeFolder(_ path: String, _ attributes: Attributes) throws(FileError) {
    let path = try stack.resolve(path)
    if let entry = try stack.entry(path) {
      guard entry.status.kind == .directory else {
        throw FileError("create the folder", FilePath("/" + path), errno: .notDirectory)
      }
      return
    }
    try makeParents(of: path)
    let place = try makeNew(path, permissions: attributes.mode)
    try finish(place, attributes)
  }

  /// Deletes what stands at a path, whoever put it there.
  mutating func remove(_ path: String) throws(FileError) {
    let path = try settled(path)
    guard try stack.entry(path) != nil else { return }
    try Files.removeTree(upper.appending(path))
    guard try stack.entry(path) != nil else { return }
    try makeParents(of: path)
    try Files.makeNode(upper.appending(path), mode: 0o020000, major: 0, minor: 0)
  }

  /// The path with the links of its folders followed, but not its last component's.
  private func settled(_ path: String) throws(FileError) -> String {
    let components = path.pathComponents
    guard let name = components.last else {
      throw FileError("replace", "/", errno: .isDirectory)
    }
    let parent = try stack.resolve(components.dropLast().joined(separator: "/"))
    return parent.isEmpty ? name : parent + "/" + name
  }

  /// Makes room for a new entry, and its folders.
  private mutating func prepare(_ path: String) throws(FileError) -> FilePath {
    let path = try settled(path)
    if let entry = try stack.entry(path), entry.status.kind == .directory {
      throw FileError("replace the folder", FilePath("/" + path), errno: .isDirectory)
    }
    try makeParents(of: path)
    let place = upper.appending(path)
    if Files.exists(place) { try Files.removeFile(place) }
    written.append(path)
    return place
  }

  private mutating func makeParents(of path: String) throws(FileError) {
    let components = path.pathComponents.dropLast()
    for count in components.indices {
      let folder = components[...count].joined(separator: "/")
      let place = upper.appending(folder)
      if let status = try Files.status(place), status.kind == .directory { continue }
      let shown = try stack.entry(folder)?.status
      if let shown, shown.kind != .directory {
        throw FileError("create the folder", FilePath("/" + folder), errno: .notDirectory)
      }
      guard let shown else {
        let new = try makeNew(folder, permissions: 0o755)
        // One of root's in somebody's home would be closed to its owner.
        if count > 0, let above = try Files.status(place.removingLastComponent()) {
          try Files.setOwner(above.owner, group: above.group, of: new)
        }
        continue
      }
      try Files.makeDirectory(place, permissions: shown.permissions)
      try Files.setOwner(shown.owner, group: shown.group, of: place)
      // chown drops setgid.
      try Files.setPermissions(shown.permissions, of: place)
    }
  }

  /// A folder where the image has nothing. Where one was deleted it must not show again what the
  /// layers below have in it.
  private mutating func makeNew(_ path: String, permissions: UInt16) throws(FileError) -> FilePath {
    let place = upper.appending(path)
    let isDeleted = Files.exists(place)
    if isDeleted { try Files.removeFile(place) }
    try Files.makeDirectory(place, permissions: permissions)
    if isDeleted {
      try Files.setAttribute(privileges.opaqueAttribute, Privileges.opaque, of: place)
    }
    written.append(path)
    return place
  }

  private func finish(_ place: FilePath, _ attributes: Attributes) throws(FileError) {
    try Files.setOwner(attributes.owner, group: attributes.group, of: place)
    try Files.setPermissions(attributes.mode, of: place)
  }
}

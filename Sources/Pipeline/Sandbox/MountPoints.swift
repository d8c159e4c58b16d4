import FileSystem
import SystemPackage

/// The places in a root that something is mounted on, made where the image lacks them, so that
/// none of them is left in a layer.
///
/// Links are followed here, inside the image, so that no mount ever goes through one: an absolute
/// link of the image would lead into the host.
struct MountPoints {
  enum Kind { case file, directory }

  private let stack: LayerStack
  private let upper: FilePath?
  /// What stands in the upper directory only for the sandbox, relative to it, in the order of making.
  private var placeholders: [String] = []
  /// Deletions that a placeholder stands in for, relative too.
  private var whiteouts: [String] = []
  /// Folders that get a file system of their own, in which the script makes mount points itself.
  private(set) var volatile: [String] = []
  /// Mount points that the script makes in memory, relative to the root.
  private(set) var pending: [(path: String, kind: Kind)] = []

  /// - Parameter upper: nil where the upper directory is in memory.
  init(layers: [FilePath], upper: FilePath?) {
    stack = LayerStack(layers + (upper.map { [$0] } ?? []))
    self.upper = upper
  }

  /// A folder for a file system of the sandbox's own.
  mutating func addVolatile(_ path: String) throws(FileError) -> String {
    let resolved = try add(path, .directory)
    volatile.append(resolved)
    return resolved
  }

  /// Whether a path is in a folder with a file system of its own.
  func isVolatile(_ path: String) -> Bool {
    volatile.contains { path.isInside($0) }
  }

  /// Whether the image has something at `path`.
  func exists(_ path: String) throws(FileError) -> Bool {
    try stack.entry(try stack.resolve(path)) != nil
  }

  /// - Returns: the path to mount on, relative to the root, free of links.
  mutating func add(_ path: String, _ kind: Kind) throws(FileError) -> String {
    let resolved = try stack.resolve(path)
    if isVolatile(resolved) {
      pending.append((resolved, kind))
    } else if try stack.entry(resolved) == nil {
      if let upper { try make(resolved, kind, in: upper) } else { pending.append((resolved, kind)) }
    }
    return resolved
  }

  private mutating func make(
    _ path: String, _ kind: Kind, in upper: FilePath
  ) throws(FileError) {
    let components = path.pathComponents
    for count in 1..<max(1, components.count) {
      try makeFolder(components[..<count].joined(separator: "/"), in: upper)
    }
    switch kind {
    case .directory: try makeFolder(path, in: upper)
    case .file:
      let place = upper.appending(path)
      try lift(try Files.status(place), at: path, in: upper)
      try Files.write("", to: place)
      placeholders.append(path)
    }
  }

  /// A folder of the upper directory with the attributes that the overlay shows for it, as copying
  /// it up would give it.
  private mutating func makeFolder(_ path: String, in upper: FilePath) throws(FileError) {
    let place = upper.appending(path)
    let status = try Files.status(place)
    if let status, !status.isWhiteout { return }
    let shown = try stack.entry(path)?.status
    try lift(status, at: path, in: upper)
    try Files.makeDirectory(place, permissions: shown?.permissions ?? 0o755)
    if let shown {
      try Files.setOwner(shown.owner, group: shown.group, of: place)
      try Files.setPermissions(shown.permissions, of: place)
      try Files.setModified(shown.modified, of: place)
    }
    placeholders.append(path)
  }

  private mutating func lift(
    _ status: FileStatus?, at path: String, in upper: FilePath
  ) throws(FileError) {
    guard status?.isWhiteout == true else { return }
    try Files.removeFile(upper.appending(path))
    whiteouts.append(path)
  }

  /// Takes the placeholders away again; a folder in which the program left something stays, and so does
  /// what a link leads to that the program laid in the place of a folder.
  func clear() throws(FileError) {
    guard let upper, !placeholders.isEmpty else { return }
    let written = try ForeignFolder(upper)
    for path in placeholders.reversed() {
      try written.with(path) { (place) throws(FileError) in
        guard let status = try Files.status(place) else { return }
        if status.kind == .directory {
          if try Files.entries(place).isEmpty { try Files.removeTree(place) }
        } else if status.kind == .file, status.size == 0 {
          try Files.removeFile(place)
        }
      }
    }
    for path in whiteouts {
      try written.with(path) { (place) throws(FileError) in
        guard !Files.exists(place) else { return }
        try Files.makeNode(place, mode: 0o020000, major: 0, minor: 0)
      }
    }
  }
}

import Commands
import Content
import Digests
import FileSystem
import Images
import SystemPackage
import TestSupport

/// A layer that a test fills, in overlayfs's form.
struct LayerFixture {
  let directory: FilePath
  var origin: Origin
  var owners: PathTable<Int> = [:]
  var origins: [Origin] = []
  /// Of files that the listing is not to read.
  var known: PathTable<SHA256Digest> = [:]

  init(_ folder: FilePath, _ name: String, origin: Origin = Origin(.step, name: "test")) throws {
    directory = folder.appending(name)
    self.origin = origin
    try Files.makeDirectories(directory)
  }

  /// The layer as it is now, listed beside its folder.
  var layer: Layer {
    get throws {
      let file = FilePath(directory.string + ".listing")
      try LayerListing(of: directory, owners: owners, origins: origins, known: known)
        .write(to: file)
      return Layer(directory: directory, origin: origin, listing: file)
    }
  }

  /// Where a path of the layer is, with the folders above it. Made of texts, since these are thousands
  /// and a path reads all of itself for each name that it gets or loses.
  private func place(_ path: String) throws -> FilePath {
    let target = "\(directory)/\(path)"
    let folder = target[..<(target.lastIndex(of: "/") ?? target.endIndex)]
    if path.contains("/"), try Files.status(at: String(folder)) == nil {
      try Files.makeDirectories(FilePath(String(folder)))
    }
    return FilePath(target)
  }

  func file(_ path: String, _ content: String = "", mode: UInt16 = 0o644) throws {
    try file(path, bytes: Array(content.utf8), mode: mode)
  }

  func file(_ path: String, bytes: [UInt8], mode: UInt16 = 0o644) throws {
    let target = try place(path)
    try Files.write(bytes, to: target, permissions: mode)
    try Files.setModified(1_600_000_000, of: target)
  }

  func folder(_ path: String, mode: UInt16 = 0o755, opaque: Bool = false) throws {
    let target = directory.appending(path)
    try Files.makeDirectories(target)
    try Files.setPermissions(mode, of: target)
    if opaque { try Files.setAttribute("trusted.overlay.opaque", Array("y".utf8), of: target) }
  }

  func link(_ path: String, to text: String) throws {
    try Files.makeSymlink(place(path), to: text)
  }

  func hardLink(_ path: String, to existing: String) throws {
    try Files.makeHardLink(place(path), to: directory.appending(existing))
  }

  func whiteout(_ path: String) throws {
    try Files.makeNode(place(path), mode: 0o020000, major: 0, minor: 0)
  }

  /// `cap_net_raw=ep` in the form of version 2.
  static let capability: [UInt8] = [
    1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ]

  mutating func own(_ path: String, _ origin: Origin) {
    if !origins.contains(origin) { origins.append(origin) }
    owners[path] = origins.firstIndex(of: origin)
  }
}

/// What a tree on the disk is, one line a path: what must survive a tarball.
func listing(_ root: FilePath) throws -> [String] {
  var lines: [String] = []
  var names: [[UInt64]: String] = [:]
  try Files.walk(root) { path, status throws(FileError) in
    let full = FilePath("\(root)/\(path)")
    var line = "\(path) \(status.kind) \(String(status.permissions, radix: 8))"
    line += " \(status.owner):\(status.group)"
    switch status.kind {
    case .file:
      line += " \(status.size) \(SHA256Digest(of: try Files.read(full)).hex)"
      if status.linkCount > 1 {
        let first = names[[status.device, status.inode]] ?? path
        names[[status.device, status.inode]] = first
        line += " names:\(first)"
      }
      let capability = try Files.attribute("security.capability", of: full)
      line += " \(capability.map(Hexadecimal.text) ?? "")"
    case .symlink: line += " -> \(try Files.readSymlink(full))"
    default: break
    }
    lines.append(line)
    return true
  }
  return lines
}

@discardableResult
func shell(
  _ script: String, in folder: FilePath, locale: String = "C.UTF-8"
) async throws -> CommandResult {
  try await Command(
    "sh", ["-ec", script],
    environment: ["PATH": TestEnvironment.path, "LC_ALL": locale, "LANG": locale],
    workingDirectory: folder
  ).run()
}

/// What the kernel's overlay shows for the layers, copied to `target`.
func copyOverlay(_ layers: [Layer], to target: String, in folder: FilePath) async throws {
  let lower = layers.reversed().map(\.directory.string).joined(separator: ":")
  try await shell(
    """
    mkdir merged \(target)
    unshare --mount sh -ec 'mount -t overlay overlay -o lowerdir=\(lower) merged
      cp -a merged/. \(target)'
    rmdir merged
    """, in: folder)
}

extension [UInt8] {
  /// The bytes again and again, `count` in all.
  func cycled(_ count: Int) -> [UInt8] {
    var bytes = self
    while bytes.count < count { bytes += bytes }
    return Array(bytes.prefix(count))
  }
}

internal import Content
internal import Digests
public import FileSystem
public import SystemPackage

extension UnpackedPackage {
  /// What in a package's folder of the store is not as it was unpacked, as a path in it; nil where
  /// nothing is.
  public static func departure(at folder: FilePath) throws(FileError) -> String? {
    let control = try? ControlFile(
      parsing: Files.readText(folder.appending("control/control")), name: "")
    guard control?.stanzas.count == 1 else { return "control/control" }
    guard
      let listing = PackageListing(
        parsing: try Files.readText(
          folder.appending("listing"), limit: 1 << 30))
    else { return "listing" }
    for entry in listing.entries {
      let path = "tree/\(entry.path)"
      guard try entry.stands(at: folder.appending(path)) else { return path }
    }
    return nil
  }
}

extension PackageEntry {
  fileprivate func stands(at place: FilePath) throws(FileError) -> Bool {
    guard let status = try Files.status(place) else { return false }
    switch kind {
    case .file, .hardLink:
      guard status.kind == .file, status.size == size, status.modified == modified,
        status.permissions == permissions
      else { return false }
      return try FileDigest(of: place).sha256 == sha256
    case .directory: return status.kind == .directory && status.permissions == permissions
    case .symlink:
      guard status.kind == .symlink else { return false }
      return try Files.readSymlink(place) == linkTarget
    case .fifo: return status.kind == .fifo
    }
  }
}

import Archives
import Diagnostics
import FileSystem
import SystemPackage

/// Unpacks a base tarball (`.tar`, `.tar.gz`, `.wsl`, …) into an empty folder.
///
/// Nothing is written outside of the folder or through a link, whatever the archive says. Devices
/// and what stands in `/dev`, `/proc` and `/sys` stay out: WSL makes its own.
struct BaseArchive {
  let root: FilePath
  /// The same: to make a path of it for each folder above each entry takes longer than to look at it.
  private let top: String
  /// Folders with their times, which are set when nothing more is written into them.
  private var folders: [(path: String, modified: Int64)] = []
  /// Of the entry before, if there was one: known to be a folder without a link above it, which that
  /// entry, being in it, did not change. Entries of a folder mostly follow each other.
  private var lastParent: PathKey?

  init(root: FilePath) {
    self.root = root
    top = root.string
  }

  /// - Parameter name: of the base, for errors; in the store its file is named by a digest.
  mutating func unpack(_ file: FilePath, named name: String) throws(RootfsError) {
    do throws(ArchiveError) {
      var archive = try ArchiveReader.open(
        file, formats: .tar, filters: .all, warnings: .areErrors)
      while let entry = try archive.next() {
        guard let path = try relative(entry, file), !path.isEmpty else { continue }
        try add(entry, at: path, &archive, file)
      }
      try archive.finish()
    } catch {
      throw RootfsError(
        .baseArchive, name,
        detail: error.diagnostics.first.map { $0.reason ?? $0.message })
    }
    do throws(FileError) {
      let root = try ForeignFolder(root)
      for (path, modified) in folders.reversed() {
        // Something else may stand there by now, or above.
        try root.with(path) { (place) throws(FileError) in
          if try Files.status(place)?.kind == .directory {
            try Files.setModified(modified, of: place)
          }
        }
      }
    } catch { throw RootfsError(error) }
  }

  /// The entry's path without `.` and slashes around; nil for what stays out.
  private func relative(
    _ entry: ArchiveEntry, _ file: FilePath
  ) throws(ArchiveError) -> String? {
    let components = try Self.components(entry.path, entry, file)
    if let top = components.first, ["dev", "proc", "sys"].contains(top), components.count > 1 {
      return nil
    }
    return components.joined(separator: "/")
  }

  private static func components(
    _ path: String, _ entry: ArchiveEntry, _ file: FilePath
  ) throws(ArchiveError) -> [String] {
    let components = path.pathComponents.filter { $0 != "." }
    guard !components.contains("..") else {
      throw ArchiveError(
        .damaged, archive: file.string, entry: entry.path, reason: "the path leaves the root")
    }
    return components
  }

  private mutating func add(
    _ entry: ArchiveEntry, at path: String, _ archive: inout ArchiveReader, _ file: FilePath
  ) throws(ArchiveError) {
    let place = root.appending(path)
    let fail = { (error: FileError) in
      ArchiveError(
        .damaged, archive: file.string, entry: entry.path,
        reason: error.diagnostics.first.map { "\($0.message): \($0.reason ?? "")" })
    }
    do throws(FileError) {
      try makeParents(of: path)
      if entry.kind == .directory {
        if try Files.status(place)?.kind != .directory {
          try Files.removeTree(place)
          try Files.makeDirectory(place)
        }
      } else {
        try Files.removeTree(place)
      }
    } catch { throw fail(error) }
    switch entry.kind {
    case .directory: folders.append((path, entry.modified ?? 0))
    case .file: try archive.writeContent(of: entry, to: place, failure: fail)
    case .symlink:
      do throws(FileError) { try Files.makeSymlink(place, to: entry.linkTarget ?? "") } catch {
        throw fail(error)
      }
    case .hardLink:
      let target = try Self.components(entry.linkTarget ?? "", entry, file)
      do throws(FileError) {
        try requireFolders(above: target)
        try Files.makeHardLink(place, to: root.appending(target.joined(separator: "/")))
      } catch { throw fail(error) }
      return
    case .characterDevice, .blockDevice, .fifo, .socket, .unknown: return
    }
    do throws(FileError) { try setMetadata(entry, place) } catch { throw fail(error) }
  }

  private func setMetadata(_ entry: ArchiveEntry, _ place: FilePath) throws(FileError) {
    try Files.setOwner(
      UInt32(clamping: entry.owner), group: UInt32(clamping: entry.group), of: place)
    if entry.kind != .symlink { try Files.setPermissions(entry.permissions, of: place) }
    // Other attributes are of the machine that wrote the archive.
    if entry.kind == .file, let value = entry.attributes["security.capability"] {
      try Files.setAttribute("security.capability", value, of: place)
    }
    if entry.kind != .directory { try Files.setModified(entry.modified ?? 0, of: place) }
  }

  /// Makes the folders above a path that are not there.
  ///
  /// - Parameter path: below the root.
  private mutating func makeParents(of path: String) throws(FileError) {
    let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
    let parent = PathKey(String(path[..<end]))
    guard parent != lastParent else { return }
    var folder = top
    for component in parent.path.pathComponents {
      folder += "/" + component
      switch try Files.status(at: folder)?.kind {
      case .directory?: continue
      case nil: try Files.makeDirectory(FilePath(folder))
      case _?: throw FileError("go through", FilePath(folder), errno: .notDirectory)
      }
    }
    lastParent = parent
  }

  /// No link above a path: it could lead out of the root.
  private func requireFolders(above components: [String]) throws(FileError) {
    var folder = top
    for component in components.dropLast() {
      folder += "/" + component
      guard try Files.status(at: folder)?.kind == .directory else {
        throw FileError("go through", FilePath(folder), errno: .notDirectory)
      }
    }
  }
}

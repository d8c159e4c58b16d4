internal import Archives
internal import Digests
internal import FileSystem
internal import SystemPackage

/// Writes the entries of one data archive below a folder that holds nothing else.
///
/// No entry leaves that folder: paths are relative without `..`, and none leads through a link that
/// the archive made before.
struct TreeWriter {
  let package: String
  let root: FilePath
  let makesSums: Bool
  private(set) var sums = ""
  private var entries: [PackageEntry] = []
  /// Path → index into ``entries``; -1 for a folder that the archive does not list.
  private var known: PathTable<Int> = ["": -1]
  private var md5: PathTable<String> = [:]

  init(package: String, root: FilePath, makesSums: Bool) throws(PackageError) {
    self.package = package
    self.root = root
    self.makesSums = makesSums
    try files { () throws(FileError) in try Files.makeDirectory(root) }
  }

  mutating func add(_ raw: ArchiveEntry, _ archive: inout ArchiveReader) throws(PackageError) {
    guard let path = EntryPath.normalized(raw.path) else { throw error(.unsafePath, raw.path) }
    try makeParents(path)
    if let index = known[path] {
      // A folder may be listed after what it holds, or twice in the same way; nothing else may.
      guard raw.kind == .directory, index < 0 || entries[index].kind == .directory else {
        throw error(.duplicateEntry, path)
      }
      if index >= 0 {
        guard try entry(raw, path, .directory) == entries[index] else {
          throw error(.duplicateEntry, path)
        }
        return
      }
    }
    let added = try write(raw, path, &archive)
    known[path] = entries.count
    entries.append(added)
  }

  /// Gives folders their times and modes, once nothing more comes into them.
  mutating func finish() throws(PackageError) -> [PackageEntry] {
    for entry in entries.reversed() where entry.kind == .directory {
      try files { () throws(FileError) in try setMetadata(entry) }
    }
    return entries
  }

  private mutating func write(
    _ raw: ArchiveEntry, _ path: String, _ archive: inout ArchiveReader
  ) throws(PackageError) -> PackageEntry {
    let target = root.appending(path)
    switch raw.kind {
    case .file:
      let written = try writeFile(path, raw, &archive)
      try files { () throws(FileError) in try setMetadata(written) }
      return written
    case .directory:
      if known[path] == nil {
        try files { () throws(FileError) in try Files.makeDirectory(target) }
      }
      return try entry(raw, path, .directory)
    case .symlink:
      let link = try entry(raw, path, .symlink, link: raw.linkTarget ?? "")
      try files { () throws(FileError) in
        try Files.makeSymlink(target, to: raw.linkTarget ?? "")
        try setMetadata(link)
      }
      return link
    case .hardLink: return try makeHardLink(raw, path)
    case .fifo:
      let fifo = try entry(raw, path, .fifo)
      try files { () throws(FileError) in
        try Files.makeNode(target, mode: 0o010600, major: 0, minor: 0)
        try setMetadata(fifo)
      }
      return fifo
    case .characterDevice, .blockDevice, .socket, .unknown:
      throw error(.unsupportedEntry, "\(path) (\(raw.kind.rawValue))")
    }
  }

  private mutating func writeFile(
    _ path: String, _ raw: ArchiveEntry, _ archive: inout ArchiveReader
  ) throws(PackageError) -> PackageEntry {
    let target = root.appending(path)
    let file = try WritableFile(new: target, permissions: 0o600) {
      PackageError($0, package: package)
    }
    var hasher = Hasher256()
    var sum = HasherMD5()
    try archive.forEachChunk(failure: { PackageError($0, package: package) }) {
      (chunk) throws(PackageError) in
      hasher.update(chunk)
      if makesSums { unsafe chunk.withUnsafeBytes { unsafe sum.update(Array($0)) } }
      do throws(FileError) { try file.write(chunk) } catch {
        throw PackageError(error, package: package)
      }
    }
    if makesSums { addSum(path, sum.finish()) }
    return try entry(raw, path, .file, digest: hasher.finish())
  }

  private mutating func makeHardLink(
    _ raw: ArchiveEntry, _ path: String
  ) throws(PackageError) -> PackageEntry {
    guard let link = raw.linkTarget, let existing = EntryPath.normalized(link),
      let index = known[existing], index >= 0, entries[index].kind == .file
    else { throw error(.badLink, "\(path) -> \(raw.linkTarget ?? "")") }
    try files { () throws(FileError) in
      try Files.makeHardLink(root.appending(path), to: root.appending(existing))
    }
    if let sum = md5[existing] { addSum(path, sum) }
    let file = entries[index]
    return PackageEntry(
      path: path, kind: .hardLink, permissions: file.permissions, owner: file.owner,
      group: file.group, size: file.size, modified: file.modified, sha256: file.sha256,
      linkTarget: existing, attributes: file.attributes)
  }

  private mutating func addSum(_ path: String, _ sum: String) {
    md5[path] = sum
    sums += "\(sum)  \(path)\n"
  }

  /// Makes folders that the archive does not list, and refuses a way through anything else.
  private mutating func makeParents(_ path: String) throws(PackageError) {
    guard let parent = EntryPath.parent(path) else { return }
    if let index = known[parent] {
      guard index < 0 || entries[index].kind == .directory else {
        throw error(.unsafePath, "\(path) leads through \(parent), which is not a folder")
      }
      return
    }
    try makeParents(parent)
    try files { () throws(FileError) in try Files.makeDirectory(root.appending(parent)) }
    known[parent] = -1
  }

  private func entry(
    _ raw: ArchiveEntry, _ path: String, _ kind: PackageEntry.Kind, digest: SHA256Digest? = nil,
    link: String? = nil
  ) throws(PackageError) -> PackageEntry {
    guard let owner = UInt32(exactly: raw.owner), let group = UInt32(exactly: raw.group) else {
      throw error(.unsupportedEntry, "\(path): owner \(raw.owner):\(raw.group)")
    }
    // Attributes that overlayfs itself reads would change what the layers above see.
    guard !raw.attributes.keys.contains(where: { $0.contains("overlay.") }) else {
      throw error(.unsupportedEntry, "\(path): attributes of overlayfs")
    }
    return PackageEntry(
      path: path, kind: kind, permissions: raw.permissions, owner: owner, group: group,
      size: kind == .file ? raw.size ?? 0 : 0, modified: raw.modified ?? 0, sha256: digest,
      linkTarget: link, attributes: raw.attributes)
  }

  /// Owner first: changing it takes setuid bits and capabilities away.
  private func setMetadata(_ entry: PackageEntry) throws(FileError) {
    let path = root.appending(entry.path)
    try Files.setOwner(entry.owner, group: entry.group, of: path)
    if entry.kind != .symlink { try Files.setPermissions(entry.permissions, of: path) }
    for (name, value) in entry.attributes.sorted(by: { $0.key < $1.key }) {
      try Files.setAttribute(name, value, of: path)
    }
    try Files.setModified(entry.modified, of: path)
  }

  private func error(_ code: PackageError.Code, _ place: String) -> PackageError {
    PackageError(code, package: package, place: place)
  }

  private func files(_ body: () throws(FileError) -> Void) throws(PackageError) {
    do throws(FileError) { try body() } catch { throw PackageError(error, package: package) }
  }
}

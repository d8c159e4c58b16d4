internal import Archives
internal import Content
internal import Digests
internal import FileSystem
internal import Locks
internal import SystemPackage

/// Reads one `.deb` (deb(5)) from its beginning to its end into a folder of the store.
struct DebReader {
  private static let controlFileLimit = 64 << 20

  let artifact: Artifact
  let folder: FilePath
  private var name: String { artifact.fileName }
  private var control: ControlFile.Stanza?
  private var controlModified: Int64 = 0
  private var hasSums = false
  private var entries: [PackageEntry]?
  /// Lines of `md5sums`, made as dpkg does where the package ships none.
  private var sums = ""

  init(artifact: Artifact, folder: FilePath) {
    self.artifact = artifact
    self.folder = folder
  }

  mutating func unpack(_ file: FilePath) throws(PackageError) {
    var archive: ArchiveReader
    do throws(ArchiveError) { archive = try .open(file, formats: .ar) } catch { throw wrap(error) }
    var isFirst = true
    while let member = try archives({ () throws(ArchiveError) in try archive.next() }) {
      try take(member, isFirst, &archive)
      isFirst = false
    }
    do throws(ArchiveError) { try archive.finish() } catch { throw wrap(error) }
    guard control != nil, let entries else { throw notAPackage("a member is missing") }
    try files { () throws(FileError) in
      try Files.write(PackageListing(entries: entries).text, to: folder.appending("listing"))
      guard !hasSums else { return }
      let path = folder.appending("control/md5sums")
      try Files.write(sums, to: path)
      try Files.setModified(controlModified, of: path)
    }
  }

  private mutating func take(
    _ member: ArchiveEntry, _ isFirst: Bool, _ archive: inout ArchiveReader
  ) throws(PackageError) {
    if isFirst {
      guard member.path == "debian-binary" else { throw notAPackage("debian-binary is not first") }
      let version = try archives { () throws(ArchiveError) in try archive.readAll(limit: 1024) }
      guard version.starts(with: Array("2.".utf8)) else {
        throw notAPackage("its format is not 2.x")
      }
    } else if let filter = try compression(member.path, "control.tar") {
      guard control == nil else { throw notAPackage("a second control.tar") }
      try archive.withNested(formats: .tar, filters: filter, failure: wrap) {
        (inner) throws(PackageError) in try readControl(&inner)
      }
    } else if let filter = try compression(member.path, "data.tar") {
      guard control != nil, entries == nil else {
        throw notAPackage("data.tar before control.tar or twice")
      }
      try archive.withNested(formats: .tar, filters: filter, failure: wrap) {
        (inner) throws(PackageError) in try readData(&inner)
      }
    } else if !member.path.hasPrefix("_") {
      // deb(5): only members whose name begins with an underscore may be unknown.
      throw notAPackage("an unknown member \(member.path)")
    }
  }

  private func compression(
    _ member: String, _ stem: String
  ) throws(PackageError) -> ArchiveReader.Filters? {
    guard member == stem || member.hasPrefix(stem + ".") else { return nil }
    switch member.dropFirst(stem.count) {
    case "": return ArchiveReader.Filters.none
    case ".gz": return .gzip
    case ".xz": return .xz
    case ".zst": return .zstd
    case ".bz2" where stem == "data.tar": return .bzip2
    default: throw notAPackage("a compression that dpkg does not know: \(member)")
    }
  }

  private mutating func readControl(_ archive: inout ArchiveReader) throws(PackageError) {
    try files { () throws(FileError) in try Files.makeDirectory(folder.appending("control")) }
    while let entry = try archives({ () throws(ArchiveError) in try archive.next() }) {
      guard let path = EntryPath.normalized(entry.path) else {
        throw error(.unsafePath, entry.path)
      }
      if path.isEmpty, entry.kind == .directory { continue }
      guard entry.kind == .file, !path.hasSlash else {
        throw error(.unsupportedEntry, "\(path) in control.tar")
      }
      let content = try archives { () throws(ArchiveError) in
        try archive.readAll(limit: Self.controlFileLimit)
      }
      let target = folder.appending("control").appending(path)
      guard !Files.exists(target) else { throw error(.duplicateEntry, "\(path) in control.tar") }
      try files { () throws(FileError) in
        try Files.write(content, to: target, permissions: entry.permissions)
        try Files.setModified(entry.modified ?? 0, of: target)
      }
      if path == "md5sums" { hasSums = true }
      if path == "control" {
        try checkControl(content)
        controlModified = entry.modified ?? 0
      }
    }
    guard control != nil else { throw notAPackage("control.tar has no control file") }
  }

  /// Holds the control file against the lock.
  private mutating func checkControl(_ content: [UInt8]) throws(PackageError) {
    guard let text = String(validating: content, as: UTF8.self) else {
      throw PackageError(.badControl, package: name, reason: "it is not UTF-8")
    }
    let stanzas = try ControlFile(parsing: text, name: name).stanzas
    guard stanzas.count == 1, let stanza = stanzas.first, let package = stanza["Package"],
      let version = stanza["Version"], let architecture = stanza["Architecture"]
    else {
      throw PackageError(
        .badControl, package: name, reason: "no Package, Version or Architecture field")
    }
    // It becomes a part of file names.
    guard !package.hasSlash else {
      throw PackageError(.badControl, package: name, reason: "`\(package)` is no name of a package")
    }
    guard DebianVersion(version) != nil else {
      throw PackageError(.badVersion, package: name, reason: version)
    }
    let expected = artifact.architecture?.rawValue ?? "all"
    guard package == artifact.name, version == artifact.version,
      architecture == expected || architecture == "all"
    else {
      throw PackageError(
        .mismatch, package: name,
        reason: "it holds \(package) \(version) \(architecture), the lock says "
          + "\(artifact.name) \(artifact.version) \(expected)")
    }
    control = stanza
  }

  private mutating func readData(_ archive: inout ArchiveReader) throws(PackageError) {
    var tree = try TreeWriter(package: name, root: folder.appending("tree"), makesSums: !hasSums)
    while let entry = try archives({ () throws(ArchiveError) in try archive.next() }) {
      guard !Task.isCancelled else { throw PackageError(.interrupted, package: name) }
      try tree.add(entry, &archive)
    }
    entries = try tree.finish()
    sums = tree.sums
  }

  private func notAPackage(_ reason: String) -> PackageError {
    PackageError(.notAPackage, package: name, reason: reason)
  }

  private func error(_ code: PackageError.Code, _ place: String) -> PackageError {
    PackageError(code, package: name, place: place)
  }

  private func wrap(_ error: ArchiveError) -> PackageError { PackageError(error, package: name) }

  private func archives<Value>(
    _ body: () throws(ArchiveError) -> Value
  ) throws(PackageError) -> Value {
    do throws(ArchiveError) { return try body() } catch { throw wrap(error) }
  }

  private func files(_ body: () throws(FileError) -> Void) throws(PackageError) {
    do throws(FileError) { try body() } catch { throw PackageError(error, package: name) }
  }
}

import Archives
import Diagnostics
import FileSystem
import SystemPackage

/// One file of a zip, a tarball or a `.deb`.
struct ArchiveMember {
  /// Relative, without `.`, `..` and `//`.
  let path: String
  /// The archive's file name, for errors.
  let archive: String
  let place: Diagnostic.Place?

  /// Writes the file to `target`, which does not exist.
  func take(from file: FilePath, to target: FilePath) throws(RootfsError) {
    var search = Search(path: path, target: target)
    do throws(ArchiveError) {
      var reader = try ArchiveReader.open(file, formats: [.tar, .zip, .ar], filters: .all)
      var isDeb: Bool?
      while let entry = try reader.next() {
        isDeb = isDeb ?? (entry.path == "debian-binary")
        guard isDeb == true else {
          try search.look(at: entry, &reader)
          continue
        }
        guard entry.path.hasPrefix("data.tar") else { continue }
        try reader.withNested(formats: .tar, filters: .all, failure: { $0 }) {
          (inner) throws(ArchiveError) in
          while let entry = try inner.next() { try search.look(at: entry, &inner) }
        }
      }
      try reader.finish()
    } catch {
      throw RootfsError(
        .archive, archive, detail: error.diagnostics.first.map { $0.reason ?? $0.message },
        place: place)
    }
    if let other = search.other { throw self.error(.memberNotFile, other) }
    if !search.isFound { throw self.error(.memberMissing, search.nearNames(in: archive)) }
  }

  private func error(_ code: RootfsError.Code, _ detail: String) -> RootfsError {
    RootfsError(code, "\(path) in \(archive)", detail: detail, place: place)
  }
}

/// A walk through an archive. Where a path comes twice the last one counts, as for tar.
private struct Search {
  let path: String
  let target: FilePath
  private(set) var isFound = false
  /// What stands at the path where it is no file.
  private(set) var other: String?
  /// Of all files.
  private var names: [String] = []

  init(path: String, target: FilePath) {
    self.path = path
    self.target = target
  }

  mutating func look(at entry: ArchiveEntry, _ reader: inout ArchiveReader) throws(ArchiveError) {
    let name = entry.path.plainPath
    guard name == path else {
      if entry.kind == .file { names.append(name) }
      return
    }
    other = nil
    switch entry.kind {
    case .file:
      let archive = reader.name
      let failure = { (error: FileError) in
        ArchiveError(
          .damaged, archive: archive, entry: name,
          reason: error.diagnostics.first.map { "\($0.message): \($0.reason ?? "")" })
      }
      do throws(FileError) {
        if isFound { try Files.removeFile(target) }
      } catch { throw failure(error) }
      try reader.writeContent(of: entry, to: target, failure: failure)
      do throws(FileError) {
        try Files.setPermissions(entry.permissions & 0o111 == 0 ? 0o644 : 0o755, of: target)
      } catch { throw failure(error) }
      isFound = true
    case .symlink, .hardLink: other = "it is a link to \(entry.linkTarget ?? "nothing")"
    case .directory: other = "it is a folder"
    case .characterDevice, .blockDevice, .fifo, .socket, .unknown: other = "it is a device"
    }
  }

  /// What may have been meant.
  func nearNames(in archive: String) -> String {
    let below = names.filter { $0.hasPrefix(path + "/") }
    if !below.isEmpty { return "it is a folder there, with " + list(below) }
    let same = names.filter { Self.last($0) == Self.last(path) }
    if !same.isEmpty { return "\(archive) has " + list(same) }
    let near =
      nearest(to: path, among: names)
      ?? nearest(to: Self.last(path), among: names.map(Self.last)).flatMap { last in
        names.first { Self.last($0) == last }
      }
    return "\(archive) has " + (near ?? list(names))
  }

  private func list(_ names: [String]) -> String {
    let shown = names.prefix(3).joined(separator: ", ")
    if names.count > 3 { return shown + " and \(names.count - 3) more files" }
    return names.isEmpty ? "no files" : shown
  }

  private static func last(_ name: String) -> String {
    name.pathComponents.last ?? name
  }
}

import Content
import FileSystem

/// The file system that an image's entries make when they are extracted in order.
struct ExtractedTree: Sendable {
  let entries: [ImageEntry]
  private let indices: PathTable<Int>
  /// Folder → names in it, of entries that are left at the end.
  private let names: PathTable<[String]>

  init(_ entries: [ImageEntry]) {
    self.entries = entries
    var indices: PathTable<Int> = [:]
    for (index, entry) in entries.enumerated() { indices[entry.path] = index }
    var names: PathTable<[String]> = [:]
    for path in indices.paths where !path.isEmpty {
      let (folder, name) = Self.split(path)
      names[folder, default: []].append(name)
    }
    self.indices = indices
    self.names = names
  }

  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    return (String(path[..<slash]), String(path[path.utf8.index(after: slash)...]))
  }

  /// The last entry of exactly this path; links are not followed.
  func entry(_ path: String) -> ImageEntry? { indices[path].map { entries[$0] } }

  /// The path that a path leads to, links followed as in the running image.
  ///
  /// - Parameter followLast: whether the last component's own link is followed.
  /// - Returns: nil where it leads nowhere, out of the image, or in a circle.
  func resolve(_ path: String, followLast: Bool = true) -> String? {
    let result = LinkWalk.resolve(path, followLast: followLast) { here in
      entry(here).flatMap { $0.kind == .symlink ? $0.linkTarget : nil }
    }
    guard let result else { return nil }
    return indices[result] != nil || names[result] != nil ? result : nil
  }

  /// The file behind a path, links followed, hard links too.
  func file(_ path: String) -> ImageEntry? {
    var entry = resolve(path).flatMap(entry)
    for _ in 0..<8 {
      guard let link = entry, link.kind == .hardLink else { break }
      entry = self.entry(link.hardLinkPath)
    }
    return entry
  }

  func exists(_ path: String) -> Bool { resolve(path) != nil }

  /// The names in a folder, links to it followed, in byte order.
  func names(in folder: String) -> [String] {
    (names[resolve(folder) ?? folder] ?? []).sorted(by: precedes)
  }
}

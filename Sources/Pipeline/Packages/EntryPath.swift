import FileSystem

/// Paths of a data archive, made relative and safe.
enum EntryPath {
  /// The path of an entry without `./`, doubled and trailing slashes; empty for the root.
  ///
  /// - Returns: nil for what must not be unpacked: absolute, with `..`, or with a line break, which
  ///   dpkg's lists of files cannot hold.
  static func normalized(_ raw: String) -> String? {
    guard !raw.isEmpty, raw.utf8.first != UInt8(ascii: "/"), !raw.utf8.contains(0x0A) else {
      return nil
    }
    let parts = raw.pathComponents.filter { $0 != "." }
    return parts.contains("..") ? nil : parts.joined(separator: "/")
  }

  /// The folder of a path, empty for the root; nil for the root itself.
  static func parent(_ path: String) -> String? {
    guard !path.isEmpty else { return nil }
    return path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
  }

  static func join(_ folder: String, _ name: some StringProtocol) -> String {
    folder.isEmpty ? String(name) : "\(folder)/\(name)"
  }

  static func name(_ path: String) -> Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.index(after: $0)...] } ?? path[...]
  }
}

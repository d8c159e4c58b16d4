import Digests
import FileSystem
import SystemPackage

/// A tree as lines of type, mode, size, digest or link target, and path: what a test compares.
func treeListing(_ root: FilePath) throws -> [String: String] {
  var lines: [String: String] = [:]
  try Files.walk(root) { (path, status) throws(FileError) in
    let full = root.appending(path)
    switch status.kind {
    case .directory: lines[path] = "folder \(String(status.permissions, radix: 8))"
    case .symlink: lines[path] = "link \(try Files.readSymlink(full))"
    default:
      let digest = SHA256Digest(of: try Files.read(full, limit: 1 << 31))
      lines[path] = "file \(String(status.permissions, radix: 8)) \(status.size) \(digest)"
    }
    return true
  }
  return lines
}

/// The lines that only one of two trees has, each with its side.
func differences(_ left: [String: String], _ right: [String: String]) -> [String] {
  Set(left.keys).union(right.keys).sorted().compactMap { path in
    guard left[path] != right[path] else { return nil }
    return "\(path): \(left[path] ?? "-") | \(right[path] ?? "-")"
  }
}

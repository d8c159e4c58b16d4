import Content
import Digests
import FileSystem
import SystemPackage

/// The content of files of the recipe's folder, for keys.
enum InputLines {
  /// One line for a file or link, or for each below a folder: name, mode, digest or target.
  static func of(_ path: FilePath, name: String) throws(FileError) -> [String] {
    guard let status = try Files.status(path) else {
      throw FileError("read", path, errno: .noSuchFileOrDirectory)
    }
    var lines = [try line(path, name, status)]
    guard status.kind == .directory else { return lines }
    try Files.walk(path) { (entry, status) throws(FileError) in
      lines.append(try line(path.appending(entry), "\(name)/\(entry)", status))
      return true
    }
    return lines
  }

  private static func line(
    _ path: FilePath, _ name: String, _ status: FileStatus
  ) throws(FileError) -> String {
    let mode = String(InputCopies.permissions(status), radix: 8)
    switch status.kind {
    case .symlink: return "\(name)\tlink\t\(try Files.readSymlink(path))"
    case .directory: return "\(name)\tfolder"
    case .file:
      return "\(name)\t\(mode)\t\(try FileDigest(of: path).sha256.hex)"
    default: throw FileError("read", path, errno: .notSupported)
    }
  }
}

/// A folder of copies that are the same for everyone who has the same content: root's, with modes and
/// times of kiln's own.
struct InputCopies {
  private let root: FilePath
  private let modified: Int64

  /// - Parameters:
  ///   - root: where nothing is yet.
  ///   - modified: seconds since 1970.
  init(_ root: FilePath, modified: Int64) {
    self.root = root
    self.modified = modified
  }

  /// What stands for all modes that a file may have.
  static func permissions(_ status: FileStatus) -> UInt16 {
    status.kind == .directory || status.permissions & 0o111 != 0 ? 0o755 : 0o644
  }

  /// Copies a file, or a folder with what it holds.
  func add(_ source: FilePath, at name: FilePath) throws(FileError) {
    guard let status = try Files.status(source) else {
      throw FileError("read", source, errno: .noSuchFileOrDirectory)
    }
    let target = root.pushing(name)
    try Files.makeDirectories(root)
    // An earlier input may be a link, and what is behind it is no copy.
    try Files.makeDirectories(name.removingLastComponent().string, in: root)
    try copy(source, status, to: target)
    guard status.kind == .directory else { return }
    try Files.walk(source) { (entry, status) throws(FileError) in
      try copy(source.appending(entry), status, to: target.appending(entry))
      return true
    }
  }

  /// After the last: a folder's time changes with each file in it.
  func finish() throws(FileError) {
    try settle(root, 0o755)
    try Files.walk(root) { (path, status) throws(FileError) in
      try settle(root.appending(path), status.kind == .symlink ? nil : Self.permissions(status))
      return true
    }
  }

  private func copy(
    _ source: FilePath, _ status: FileStatus, to target: FilePath
  ) throws(FileError) {
    switch status.kind {
    case .directory: try Files.makeDirectory(target, mayExist: true)
    case .file: try Files.copy(source, to: target)
    case .symlink:
      // An input may be in another one.
      if Files.exists(target) { try Files.removeFile(target) }
      try Files.makeSymlink(target, to: try Files.readSymlink(source))
    default: throw FileError("read", source, errno: .notSupported)
    }
  }

  private func settle(_ path: FilePath, _ permissions: UInt16?) throws(FileError) {
    try Files.setOwner(0, group: 0, of: path)
    if let permissions { try Files.setPermissions(permissions, of: path) }
    try Files.setModified(modified, of: path)
  }
}

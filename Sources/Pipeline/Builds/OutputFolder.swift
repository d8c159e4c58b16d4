internal import FileSystem
internal import Glibc
internal import SystemPackage

/// The folder that images go to.
enum OutputFolder {
  /// Looks whether it can be written to, or made, and makes nothing.
  static func check(_ path: FilePath) throws(FileError) {
    var existing = path
    while !Files.exists(existing), existing.removeLastComponent() {}
    if existing.isEmpty { existing = "." }
    let reached = existing.appending(".")
    let mode = W_OK | X_OK
    guard unsafe reached.withPlatformString({ unsafe access($0, mode) }) != 0 else { return }
    throw FileError("write images to", path, errno: Errno(rawValue: errno))
  }
}

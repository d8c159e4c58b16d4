internal import FileSystem
internal import SystemPackage

/// The folder that images go to.
enum OutputFolder {
  /// Looks whether it can be written to, or made, and makes nothing.
  static func check(_ path: FilePath) throws(FileError) {
    var existing = path
    while !Files.exists(existing), existing.removeLastComponent() {}
    do throws(FileError) { try Files.requireWritable(existing.isEmpty ? "." : existing) } catch {
      throw FileError(error.code, "write images to", path, cause: error.cause)
    }
  }
}

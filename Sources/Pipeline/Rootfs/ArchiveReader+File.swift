import Archives
import FileSystem
import SystemPackage

extension ArchiveReader {
  /// Writes the current entry's bytes into a new file.
  mutating func writeContent(
    to place: FilePath, failure: (FileError) -> ArchiveError
  ) throws(ArchiveError) {
    let output: FileDescriptor
    do throws(FileError) {
      output = try Files.open(place, .writeOnly, [.create, .exclusiveCreate], for: "write")
    } catch { throw failure(error) }
    defer { try? output.close() }
    try forEachChunk(failure: { $0 }) { (chunk) throws(ArchiveError) in
      do {
        _ = try unsafe chunk.withUnsafeBytes { try unsafe output.writeAll($0) }
      } catch {
        throw failure(FileError("write", place, errno: error as? Errno ?? .ioError))
      }
    }
  }
}

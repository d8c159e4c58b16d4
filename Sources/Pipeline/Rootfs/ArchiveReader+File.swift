import Archives
import Content
import FileSystem
import SystemPackage

extension ArchiveReader {
  /// Writes the current entry's bytes, which are `entry`'s, into a new file.
  mutating func writeContent(
    of entry: ArchiveEntry, to place: FilePath, failure: (FileError) -> ArchiveError
  ) throws(ArchiveError) {
    // What holes may have is bounded.
    if let size = entry.size, !entry.isSparse {
      let free: Int64?
      do throws(FileError) {
        free = try Files.shortage(of: size, at: place.removingLastComponent())
      } catch { throw failure(error) }
      if let free {
        throw ArchiveError(
          .tooLarge, archive: name, entry: entry.path,
          reason: "\(entry.path) is too large: it has \(ByteCount(size)), and \(ByteCount(free)) "
            + "are free in the store")
      }
    }
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

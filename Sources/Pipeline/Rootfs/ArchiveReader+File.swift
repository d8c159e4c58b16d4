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
    let output = try WritableFile(new: place, failure: failure)
    try forEachChunk(failure: { $0 }) { (chunk) throws(ArchiveError) in
      do throws(FileError) { try output.write(chunk) } catch { throw failure(error) }
    }
  }
}

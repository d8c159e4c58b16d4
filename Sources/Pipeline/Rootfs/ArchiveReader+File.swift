import Archives
import Content
import FileSystem
import SystemPackage

extension ArchiveReader {
  /// Bytes of holes that an archive may have in all, as registers of logins do: nothing of an
  /// image is sparse, so they are written here, packed, and written again where it is installed.
  static var mostHoles: Int64 { 1_000_000_000 }

  /// Writes the current entry's bytes, which are `entry`'s, into a new file.
  ///
  /// - Parameter holes: bytes of the archive's earlier files that are in holes; gets this one's.
  mutating func writeContent(
    of entry: ArchiveEntry, to place: FilePath, holes: inout Int64,
    failure: (FileError) -> ArchiveError
  ) throws(ArchiveError) {
    let tooLarge = { [name] (reason: String) in
      ArchiveError(
        .tooLarge, archive: name, entry: entry.path,
        reason: "\(entry.path) is too large: \(reason)")
    }
    holes = holes.addingReportingOverflow(entry.holes).partialValue
    guard (0...Self.mostHoles).contains(holes) else {
      throw tooLarge(
        "\(ByteCount(entry.holes)) of it are holes, which an image has to fill with zeros, and kiln "
          + "takes \(ByteCount(Self.mostHoles)) at the most; make the archive without it")
    }
    if let size = entry.size {
      let free: Int64?
      do throws(FileError) {
        free = try Files.shortage(of: size, at: place.removingLastComponent())
      } catch { throw failure(error) }
      if let free {
        throw tooLarge("it has \(ByteCount(size)), and \(ByteCount(free)) are free in the store")
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

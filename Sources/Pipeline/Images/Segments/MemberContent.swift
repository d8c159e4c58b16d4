internal import Digests
internal import FileSystem
internal import SystemPackage

/// The bytes of a member, read from the layers; files that are whole in it have the digest that the
/// tree says.
struct MemberContent: Sendable {
  private(set) var bytes: [UInt8]

  init(_ member: ImagePlan.Member) throws(ImageError) {
    bytes = [UInt8](repeating: 0, count: Int(member.size))
    var offset = 0
    for slice in member.slices {
      try fill(slice, at: offset)
      offset += slice.range.count
    }
  }

  private mutating func fill(_ slice: ImagePlan.Slice, at start: Int) throws(ImageError) {
    let entry = slice.entry
    let headers = TarHeader.bytes(of: entry)
    let length = Int64(headers.count)
    let header = slice.range.clamped(to: 0..<length)
    bytes.replaceSubrange(
      start..<start + header.count, with: headers[Int(header.lowerBound)..<Int(header.upperBound)])
    guard entry.kind == .file else { return }
    let data = slice.range.clamped(to: length..<length + entry.size)
    let place = start + header.count..<start + header.count + data.count
    if !data.isEmpty { try read(entry, from: data.lowerBound - length, to: place) }
    guard Int64(data.count) == entry.size, let expected = entry.sha256 else { return }
    var hasher = Hasher256()
    unsafe hasher.update(bytes.span.bytes.extracting(place))
    guard hasher.finish() == expected else { throw ImageError(changed: entry) }
  }

  /// Fills `place` with a file's bytes from `start` on; it must still have all that the tree says.
  private mutating func read(
    _ entry: TreeEntry, from start: Int64, to place: Range<Int>
  ) throws(ImageError) {
    let count: Int
    do throws(FileError) {
      count = try ReadableFile(entry.source).fill(&bytes, place, from: start)
    } catch {
      throw ImageError(error, origin: entry.origin)
    }
    guard count == place.count else { throw ImageError(changed: entry) }
  }
}

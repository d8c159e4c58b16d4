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
    if !data.isEmpty {
      try FileReader(entry).read(from: data.lowerBound - length, into: &bytes, at: place)
    }
    guard Int64(data.count) == entry.size, let expected = entry.sha256 else { return }
    var hasher = Hasher256()
    unsafe hasher.update(bytes.span.bytes.extracting(place))
    guard hasher.finish() == expected else { throw ImageError(changed: entry) }
  }
}

/// An open file of a layer, which must still have the size that the tree says.
private struct FileReader: ~Copyable {
  private let entry: TreeEntry
  private let descriptor: FileDescriptor

  init(_ entry: TreeEntry) throws(ImageError) {
    self.entry = entry
    do throws(FileError) {
      descriptor = try Files.open(entry.source, .readOnly, for: "read")
    } catch {
      throw ImageError(error, origin: entry.origin)
    }
  }

  /// Fills `place` of `buffer` with the file's bytes from `start` on.
  func read(
    from start: Int64, into buffer: inout [UInt8], at place: Range<Int>
  ) throws(ImageError) {
    var rest = place
    while !rest.isEmpty {
      let count: Int
      do {
        let position = start + Int64(rest.lowerBound - place.lowerBound)
        count = try unsafe buffer.withUnsafeMutableBytes { buffer in
          try unsafe descriptor.read(
            fromAbsoluteOffset: position,
            into: UnsafeMutableRawBufferPointer(rebasing: buffer[rest]))
        }
      } catch {
        let errno = error as? Errno ?? .ioError
        throw ImageError(FileError("read", entry.source, errno: errno), origin: entry.origin)
      }
      guard count > 0 else { throw ImageError(changed: entry) }
      rest = rest.lowerBound + count..<rest.upperBound
    }
  }

  deinit { try? descriptor.close() }
}

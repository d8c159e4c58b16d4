internal import Compression
internal import Content
internal import Digests

extension ImagePlan.Group {
  /// The key of the group's segment: over every byte of its tar entries, by the digests of their
  /// files, over where its members end and over how they are compressed.
  func key(_ encoding: Encoding) -> SHA256Digest {
    var hasher = Hasher256()
    let compression = encoding.compressor.description + (encoding.joined ? " joined" : "")
    hasher.update(Array("segment \(Segment.formatVersion) \(compression)\n".utf8))
    for member in members {
      for slice in member.slices {
        // The headers come with the slice that begins an entry; the ranges say the rest.
        if slice.range.lowerBound == 0 { hasher.update(TarHeader.bytes(of: slice.entry)) }
        hasher.update(slice.entry.sha256?.bytes ?? [])
        hasher.update(Array("\(slice.range.lowerBound) \(slice.range.upperBound)\n".utf8))
      }
      if let stream = member.stream {
        hasher.update(stream.artifact.bytes)
        hasher.update(Array("\(stream.range.lowerBound) \(stream.range.upperBound)".utf8))
      }
      hasher.update(Array("\n".utf8))
    }
    return hasher.finish()
  }
}

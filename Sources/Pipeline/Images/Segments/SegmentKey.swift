internal import Compression
internal import Content
internal import Digests

extension ImagePlan.Group {
  /// The key of the group's segment: over all that its tar entries say, by the digests of their
  /// files, over where its members end and over how they are compressed.
  func key(_ encoding: Encoding) -> SHA256Digest {
    var hasher = Hasher256()
    var record: [UInt8] = []
    let compression = encoding.compressor.description + (encoding.joined ? " joined" : "")
    hasher.update(Array("segment \(Segment.formatVersion) \(compression)\n".utf8))
    for member in members {
      for slice in member.slices {
        // What the headers are made of comes with the slice that begins an entry; the ranges say the
        // rest.
        record.removeAll(keepingCapacity: true)
        if slice.range.lowerBound == 0 { slice.entry.describe(in: &record) }
        record += slice.entry.sha256?.bytes ?? []
        record += "\(slice.range.lowerBound) \(slice.range.upperBound)\n".utf8
        hasher.update(record)
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

extension TreeEntry {
  /// All that ``TarHeader`` writes of the entry.
  fileprivate func describe(in record: inout [UInt8]) {
    for text in [path, link, kind.rawValue] {
      record += text.utf8
      record.append(0)
    }
    let numbers = [UInt64(permissions), UInt64(owner), UInt64(group), UInt64(size)]
    for number in numbers + [UInt64(modified), UInt64(deviceMajor), UInt64(deviceMinor)] {
      record += String(number).utf8
      record.append(UInt8(ascii: " "))
    }
    record += String(capability.count).utf8
    record.append(0)
    record += capability
  }
}

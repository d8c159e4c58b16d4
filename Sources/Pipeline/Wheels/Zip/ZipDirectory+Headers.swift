extension ZipDirectory {
  /// Finds each entry's bytes, and that they fill the file without a gap or an overlap.
  ///
  /// - Returns: entries in the order of `records`.
  static func locate(
    _ records: [ZipRecord], _ file: borrowing ZipFile, directoryStart: Int64
  ) throws(WheelError) -> [ZipEntry] {
    let order = records.indices.sorted { records[$0].offset < records[$1].offset }
    var entries: [Int: ZipEntry] = [:]
    var position: Int64 = 0
    for (rank, index) in order.enumerated() {
      let record = records[index]
      guard record.offset == position else {
        throw file.defect(
          record.offset < position ? .contradictory : .notAZip,
          record.offset < position
            ? "its bytes overlap those of another entry"
            : "\(record.offset - position) bytes before it belong to no entry",
          entry: record.path)
      }
      let next = rank + 1 < order.count ? records[order[rank + 1]].offset : directoryStart
      let data = try dataRange(record, file)
      guard data.upperBound <= directoryStart else {
        throw file.defect(
          .contradictory, "its bytes reach into the zip's directory", entry: record.path)
      }
      position = data.upperBound
      if record.hasDescriptor {
        position += try descriptorSize(record, file, at: data.upperBound, next: next)
      }
      entries[index] = entry(record, data)
    }
    guard position == directoryStart else {
      throw file.defect(.notAZip, "\(directoryStart - position) bytes belong to no entry")
    }
    return records.indices.compactMap { entries[$0] }
  }

  private static func entry(_ record: ZipRecord, _ data: Range<Int64>) -> ZipEntry {
    ZipEntry(
      path: record.path, isDirectory: record.isDirectory, method: record.method,
      checksum: record.checksum, compressedSize: record.compressedSize, size: record.size,
      mode: record.mode, headerOffset: record.offset, dataRange: data)
  }

  private static func dataRange(
    _ record: ZipRecord, _ file: borrowing ZipFile
  ) throws(WheelError) -> Range<Int64> {
    let local = try ZipRecord.local(file, at: record.offset, of: record)
    let start = record.offset + local.length
    guard record.compressedSize <= file.size - start else {
      throw file.defect(.notAZip, "the file ends within it", entry: record.path)
    }
    return start..<start + record.compressedSize
  }

  /// The bytes behind an entry that was written as a stream: checksum and sizes once more, in four
  /// forms that only their length tells apart.
  private static func descriptorSize(
    _ record: ZipRecord, _ file: borrowing ZipFile, at offset: Int64, next: Int64
  ) throws(WheelError) -> Int64 {
    let length = next - offset
    if [12, 16, 20, 24].contains(length) {
      var bytes = try file.bytes(at: offset, count: Int(length))
      let signed = length == 16 || length == 24
      let wide = length >= 20
      let isSigned = !signed || bytes.u32() == 0x0807_4b50
      let checksum = bytes.u32()
      let compressed = wide ? bytes.u64() : UInt64(bytes.u32())
      let size = wide ? bytes.u64() : UInt64(bytes.u32())
      if isSigned, checksum == record.checksum, compressed == UInt64(record.compressedSize),
        size == UInt64(record.size)
      {
        return length
      }
    }
    throw file.defect(
      .contradictory, "what follows its bytes is not its data descriptor", entry: record.path)
  }
}

/// The end of a zip: where its directory is and how many entries it has.
///
/// Nothing may stand behind the end record, not even a comment: readers differ on where they look
/// for it, and a wheel that two tools read differently is not to be trusted.
struct ZipEnd {
  static let recordSize = 22
  private static let locatorSize = 20
  private static let zip64RecordSize = 56

  let entries: UInt64
  let directory: Range<Int64>

  static func read(_ file: borrowing ZipFile) throws(WheelError) -> ZipEnd {
    let recordStart = file.size - Int64(recordSize)
    guard recordStart >= 0 else { throw file.defect(.notAZip, "it is too short") }
    var record = try file.bytes(at: recordStart, count: recordSize)
    guard record.u32() == 0x0605_4b50 else {
      throw file.defect(
        .notAZip, "it is cut off, or has a comment or other bytes behind its end record")
    }
    let (disk, directoryDisk) = (record.u16(), record.u16())
    let (entriesHere, entries) = (record.u16(), record.u16())
    let (size, offset, comment) = (record.u32(), record.u32(), record.u16())
    guard disk == 0, directoryDisk == 0, entriesHere == entries else {
      throw file.defect(.unsupported, "it is one of several volumes")
    }
    guard comment == 0 else { throw file.defect(.notAZip, "its end record is cut off") }
    let short = (UInt64(entries), UInt64(size), UInt64(offset))
    if let end = try readZip64(file, before: recordStart, short) { return end }
    return try check(file, entries: short.0, size: short.1, offset: short.2, end: recordStart)
  }

  private static func readZip64(
    _ file: borrowing ZipFile, before recordStart: Int64, _ short: (UInt64, UInt64, UInt64)
  ) throws(WheelError) -> ZipEnd? {
    let locatorStart = recordStart - Int64(locatorSize)
    let saturated =
      short.0 == UInt16.max || short.1 == UInt32.max || short.2 == UInt32.max
    guard locatorStart >= Int64(zip64RecordSize) else {
      guard saturated else { return nil }
      throw file.defect(.notAZip, "its zip64 end record is missing")
    }
    var locator = try file.bytes(at: locatorStart, count: locatorSize)
    guard locator.u32() == 0x0706_4b50 else {
      guard saturated else { return nil }
      throw file.defect(.notAZip, "its zip64 end record is missing")
    }
    let (disk, position, disks) = (locator.u32(), locator.u64(), locator.u32())
    let zip64Start = locatorStart - Int64(zip64RecordSize)
    guard disk == 0, disks <= 1, position == UInt64(zip64Start) else {
      throw file.defect(.contradictory, "its zip64 end record is not where it should be")
    }
    var record = try file.bytes(at: zip64Start, count: zip64RecordSize)
    guard record.u32() == 0x0606_4b50, record.u64() == UInt64(zip64RecordSize - 12) else {
      throw file.defect(.notAZip, "its zip64 end record is damaged")
    }
    _ = record.u32()  // the versions that made it and that are needed
    let (thisDisk, directoryDisk) = (record.u32(), record.u32())
    let (entriesHere, entries, size, offset) = (
      record.u64(), record.u64(), record.u64(), record.u64()
    )
    guard thisDisk == 0, directoryDisk == 0, entriesHere == entries else {
      throw file.defect(.unsupported, "it is one of several volumes")
    }
    guard short.0 == UInt16.max || short.0 == entries, short.1 == UInt32.max || short.1 == size,
      short.2 == UInt32.max || short.2 == offset
    else { throw file.defect(.contradictory, "its two end records differ") }
    return try check(file, entries: entries, size: size, offset: offset, end: zip64Start)
  }

  private static func check(
    _ file: borrowing ZipFile, entries: UInt64, size: UInt64, offset: UInt64, end: Int64
  ) throws(WheelError) -> ZipEnd {
    guard size <= UInt64(end), offset == UInt64(end) - size else {
      throw file.defect(
        .notAZip,
        "its directory does not end where its end record begins: bytes are missing, or "
          + "stand before the zip or behind its directory")
    }
    return ZipEnd(entries: entries, directory: Int64(offset)..<end)
  }
}

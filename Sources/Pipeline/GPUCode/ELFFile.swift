/// The sections of a 64-bit little-endian ELF file, and its name for the loader.
///
/// Layout: System V ABI, "ELF-64 Object File Format".
struct ELFFile: ~Copyable {
  struct Section: Hashable {
    let name: String
    let type: UInt32
    let range: Range<UInt64>
    /// The index of another section, by ``type``.
    let link: UInt32
  }

  static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]

  let file: RandomAccessFile
  let sections: [Section]

  private static let headerSize = 64
  private static let sectionHeaderSize = 64
  private static let noBits: UInt32 = 8
  private static let dynamic: UInt32 = 6
  /// More sections, or longer tables, than any library has.
  private static let mostSections: UInt64 = 1 << 16
  private static let longestTable: UInt64 = 4 << 20

  /// - Returns: nil for a file that is no such ELF file.
  init?(_ file: consuming RandomAccessFile) throws(GPUCodeError) {
    let start = try file.bytes(Int(min(file.size, UInt64(Self.headerSize))), at: 0)
    // Class 2 is 64 bits, encoding 1 is little-endian.
    guard start.bytes.starts(with: Self.magic + [2, 1]) else { return nil }
    guard start.bytes.count == Self.headerSize else {
      throw file.damaged("its ELF header is cut off")
    }
    sections = try Self.sections(file, header: start)
    self.file = file
  }

  private static func sections(
    _ file: borrowing RandomAccessFile, header: LittleEndianBytes
  ) throws(GPUCodeError) -> [Section] {
    let offset = header.uint64(40)
    guard offset > 0 else { return [] }
    guard header.uint16(58) == sectionHeaderSize else {
      throw file.damaged("its section headers have no known size")
    }
    // Too many for 16 bits: the first section header has the numbers.
    let first = try file.bytes(sectionHeaderSize, at: offset)
    let count = header.uint16(60) == 0 ? first.uint64(32) : UInt64(header.uint16(60))
    let names = header.uint16(62) == 0xFFFF ? first.uint32(40) : UInt32(header.uint16(62))
    guard count <= mostSections, UInt64(names) < count else {
      throw file.damaged("its section table makes no sense")
    }
    let table = try file.bytes(Int(count) * sectionHeaderSize, at: offset)
    let texts = try file.bytes(of: try range(of: Int(names), table, file), limit: longestTable)
    var sections: [Section] = []
    for index in 0..<Int(count) {
      let entry = index * sectionHeaderSize
      let type = table.uint32(entry + 4)
      guard let name = texts.text(Int(table.uint32(entry))) else {
        throw file.damaged("a section has no name")
      }
      sections.append(
        Section(
          name: name, type: type, range: try range(of: index, table, file),
          link: table.uint32(entry + 40)))
    }
    return sections
  }

  /// Where a section's bytes are; empty where the file has none of them.
  private static func range(
    of index: Int, _ table: LittleEndianBytes, _ file: borrowing RandomAccessFile
  ) throws(GPUCodeError) -> Range<UInt64> {
    let entry = index * sectionHeaderSize
    let type = table.uint32(entry + 4)
    if type == 0 || type == noBits { return 0..<0 }
    let start = table.uint64(entry + 24)
    let count = table.uint64(entry + 32)
    guard start <= file.size, count <= file.size - start else {
      throw file.damaged("a section lies outside the file")
    }
    return start..<start + count
  }

  /// The name that other libraries ask for it by; nil where it has none.
  func soname() throws(GPUCodeError) -> String? {
    guard let table = sections.first(where: { $0.type == Self.dynamic }),
      sections.indices.contains(Int(table.link))
    else { return nil }
    let entries = try file.bytes(of: table.range, limit: Self.longestTable)
    let soname: UInt64 = 14
    for entry in stride(from: 0, to: entries.bytes.count - 15, by: 16)
    where entries.uint64(entry) == soname {
      let texts = sections[Int(table.link)].range
      let offset = entries.uint64(entry + 8)
      guard offset < UInt64(texts.count) else { break }
      let start = texts.lowerBound + offset
      return try file.bytes(of: start..<min(texts.upperBound, start + 256), limit: 256).text(0)
    }
    return nil
  }
}

extension RandomAccessFile {
  fileprivate func bytes(
    of range: Range<UInt64>, limit: UInt64
  ) throws(GPUCodeError) -> LittleEndianBytes {
    guard range.upperBound - range.lowerBound <= limit else {
      throw damaged("a table of it is larger than any library's")
    }
    return try bytes(Int(range.upperBound - range.lowerBound), at: range.lowerBound)
  }
}

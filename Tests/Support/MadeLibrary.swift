internal import FileSystem
public import SystemPackage

/// A 64-bit ELF file as a test describes it.
public struct MadeLibrary: Sendable {
  public struct Section: Sendable {
    public var name: String
    public var content: [UInt8]
    public var type: UInt32 = 1
    /// Index of another section.
    public var link: UInt32 = 0
    /// What the section table says of the place, where that is not the truth.
    public var claimed: (offset: UInt64, size: UInt64)?

    public init(
      name: String, content: [UInt8], type: UInt32 = 1, link: UInt32 = 0,
      claimed: (offset: UInt64, size: UInt64)? = nil
    ) {
      self.name = name
      self.content = content
      self.type = type
      self.link = link
      self.claimed = claimed
    }
  }

  public var sections: [Section]

  public init(sections: [Section]) { self.sections = sections }

  /// Adds the sections that name the file for the loader.
  public static func named(_ soname: String, _ sections: [Section] = []) -> MadeLibrary {
    let names = [0] + Array("libc.so.6".utf8) + [0] + Array(soname.utf8) + [0]
    // DT_NEEDED, DT_SONAME, DT_NULL.
    let dynamic = [1, 1, 14, 11, 0, 0].flatMap { bytes(UInt64($0)) }
    let offset = UInt32(sections.count)
    return MadeLibrary(
      sections: sections + [
        Section(name: ".dynamic", content: dynamic, type: 6, link: offset + 2),
        Section(name: ".dynstr", content: names, type: 3),
      ])
  }

  /// The bytes: the header, the sections, the section table last, as linkers write it.
  public func encoded() -> [UInt8] {
    var names: [UInt8] = [0]
    var headers = [UInt8](repeating: 0, count: 64)
    var content: [UInt8] = []
    for section in sections + [Section(name: ".shstrtab", content: [], type: 3)] {
      let name = UInt32(names.count)
      names += Array(section.name.utf8) + [0]
      let bytes = section.name == ".shstrtab" ? names : section.content
      content += [UInt8](repeating: 0, count: (8 - content.count % 8) % 8)
      headers += Self.bytes(name) + Self.bytes(section.type) + Self.bytes(UInt64(2))
      let place = section.claimed ?? (UInt64(64 + content.count), UInt64(bytes.count))
      headers += Self.bytes(UInt64(0)) + Self.bytes(place.offset)
      headers += Self.bytes(place.size) + Self.bytes(section.link)
      headers += Self.bytes(UInt32(0)) + Self.bytes(UInt64(8)) + Self.bytes(UInt64(0))
      if section.type != 8 { content += bytes }
    }
    content += [UInt8](repeating: 0, count: (8 - content.count % 8) % 8)
    let count = UInt16(sections.count + 2)
    var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8)
    header += Self.bytes(UInt16(3)) + Self.bytes(UInt16(62)) + Self.bytes(UInt32(1))
    header += Self.bytes(UInt64(0)) + Self.bytes(UInt64(0)) + Self.bytes(UInt64(64 + content.count))
    header += Self.bytes(UInt32(0)) + [64, 0, 0, 0, 0, 0, 64, 0]
    header += Self.bytes(count) + Self.bytes(count - 1)
    return header + content + headers
  }

  @discardableResult
  public func write(to path: FilePath) throws -> FilePath {
    try Files.makeDirectories(path.removingLastComponent())
    try Files.write(encoded(), to: path)
    return path
  }

  public static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    unsafe withUnsafeBytes(of: number.littleEndian) { unsafe Array($0) }
  }
}

/// An entry of a fat binary, whose payload nobody reads.
public struct MadeEntry: Sendable {
  public var kind: UInt16
  public var architecture: UInt32
  public var flags: UInt64 = 0x11
  public var headerSize: UInt32 = 64
  public var payload = 2048
  /// Before compression; 0 where it is not compressed.
  public var wholeSize: UInt64 = 0

  public init(kind: UInt16, architecture: UInt32, flags: UInt64 = 0x11, headerSize: UInt32 = 64) {
    self.kind = kind
    self.architecture = architecture
    self.flags = flags
    self.headerSize = headerSize
  }

  public static func cubin(_ architecture: UInt32, flags: UInt64 = 0x11) -> MadeEntry {
    MadeEntry(kind: 2, architecture: architecture, flags: flags)
  }

  public static func ptx(_ architecture: UInt32, flags: UInt64 = 0x11) -> MadeEntry {
    MadeEntry(kind: 1, architecture: architecture, flags: flags, headerSize: 80)
  }

  public var encoded: [UInt8] {
    var header = MadeLibrary.bytes(kind) + MadeLibrary.bytes(UInt16(0x101))
    header += MadeLibrary.bytes(headerSize) + MadeLibrary.bytes(UInt64(payload))
    header += MadeLibrary.bytes(UInt64(0)) + MadeLibrary.bytes(UInt32(7))
    header += MadeLibrary.bytes(architecture) + MadeLibrary.bytes(UInt64(0))
    header += MadeLibrary.bytes(flags) + MadeLibrary.bytes(UInt64(0)) + MadeLibrary.bytes(wholeSize)
    header += [UInt8](repeating: 0, count: max(0, Int(headerSize) - header.count))
    return header + [UInt8](repeating: 0xC5, count: payload)
  }

  /// A fat binary of several entries.
  public static func record(_ entries: [MadeEntry]) -> [UInt8] {
    let content = entries.flatMap(\.encoded)
    return MadeLibrary.bytes(UInt32(0xBA55_ED50)) + MadeLibrary.bytes(UInt16(1))
      + MadeLibrary.bytes(UInt16(16)) + MadeLibrary.bytes(UInt64(content.count)) + content
  }

  public static func section(_ records: [[MadeEntry]]) -> MadeLibrary.Section {
    MadeLibrary.Section(name: ".nv_fatbin", content: records.flatMap { record($0) })
  }
}

/// The headers of one tar entry, in the profile that every reader and both of WSL's import
/// commands take in any locale (`bsdtar -x -p --xattrs --numeric-owner`): GNU headers with raw
/// UTF-8 names, `L` and `K` entries for long ones, numeric owners, and a PAX header for a
/// capability only (a PAX `path` with a letter beyond ASCII fails in the C locale).
enum TarHeader {
  static let blockSize = 512

  /// All header blocks in front of the entry's data.
  static func bytes(of entry: TreeEntry) -> [UInt8] {
    var blocks: [UInt8] = []
    if !entry.capability.isEmpty { blocks += capability(of: entry) }
    let name = Array(name(of: entry).utf8)
    let link = Array(link(of: entry).utf8)
    // GNU tar writes K before L.
    if link.count > 100 { blocks += long(UInt8(ascii: "K"), link) }
    if name.count > 100 { blocks += long(UInt8(ascii: "L"), name) }
    var header = Block(name: name, type: entry.kind.tarType)
    header.number(UInt64(entry.permissions), at: 100, digits: 7)
    header.number(UInt64(entry.owner), at: 108, digits: 7)
    header.number(UInt64(entry.group), at: 116, digits: 7)
    header.number(UInt64(entry.size), at: 124, digits: 11)
    header.number(UInt64(entry.modified), at: 136, digits: 11)
    header.text(link.prefix(100), at: 157)
    if entry.kind == .characterDevice || entry.kind == .blockDevice {
      header.number(UInt64(entry.deviceMajor), at: 329, digits: 7)
      header.number(UInt64(entry.deviceMinor), at: 337, digits: 7)
    }
    return blocks + header.sealed()
  }

  /// How many bytes ``bytes(of:)`` has, without making them.
  static func length(of entry: TreeEntry) -> Int64 {
    var blocks = 1
    if !entry.capability.isEmpty { blocks += capability(of: entry).count / blockSize }
    let name = entry.path.utf8.count + (entry.kind == .directory && !entry.path.isEmpty ? 3 : 2)
    let link = entry.link.utf8.count + (entry.kind == .hardlink ? 2 : 0)
    for length in [name, link] where length > 100 {
      blocks += 1 + (length + 1 + blockSize - 1) / blockSize
    }
    return Int64(blocks * blockSize)
  }

  /// What follows `size` bytes of data up to the next block.
  static func padding(after size: Int64) -> Int64 {
    (Int64(blockSize) - size % Int64(blockSize)) % Int64(blockSize)
  }

  private static func name(of entry: TreeEntry) -> String {
    let path = "./" + entry.path
    return entry.kind == .directory && !entry.path.isEmpty ? path + "/" : path
  }

  private static func link(of entry: TreeEntry) -> String {
    entry.kind == .hardlink ? "./" + entry.link : entry.link
  }

  /// A name of more than 100 bytes, as GNU tar writes it: an entry of its own in front.
  private static func long(_ type: UInt8, _ text: [UInt8]) -> [UInt8] {
    var header = Block(name: Array("././@LongLink".utf8), type: type)
    header.ownerless(size: text.count + 1)
    return header.sealed() + padded(text + [0])
  }

  private static func capability(of entry: TreeEntry) -> [UInt8] {
    let record = paxRecord("SCHILY.xattr.security.capability", entry.capability)
    // For readers that do not know PAX, which extract this as a file.
    var name = Array("./PaxHeaders/".utf8)
    for character in entry.name where name.count + character.utf8.count <= 100 {
      name += Array(character.utf8)
    }
    var header = Block(name: name, type: UInt8(ascii: "x"))
    header.ownerless(size: record.count)
    return header.sealed() + padded(record)
  }

  /// `LENGTH KEY=VALUE\n`, where the length counts its own digits.
  private static func paxRecord(_ key: String, _ value: [UInt8]) -> [UInt8] {
    let rest = Array(" \(key)=".utf8) + value + [UInt8(ascii: "\n")]
    var length = rest.count + 1
    while String(length).utf8.count + rest.count != length {
      length = String(length).utf8.count + rest.count
    }
    return Array(String(length).utf8) + rest
  }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: Int(padding(after: Int64(bytes.count))))
  }
}

/// One header block under construction.
private struct Block {
  private var bytes = [UInt8](repeating: 0, count: TarHeader.blockSize)

  init(name: [UInt8], type: UInt8) {
    text(name.prefix(100), at: 0)
    bytes[156] = type
    text(Array("ustar  \0".utf8)[...], at: 257)
  }

  mutating func text(_ value: ArraySlice<UInt8>, at offset: Int) {
    bytes.replaceSubrange(offset..<offset + value.count, with: value)
  }

  /// Octal digits and a NUL; where they do not suffice, GNU's base-256 in the same place.
  mutating func number(_ value: UInt64, at offset: Int, digits: Int) {
    if value >> (3 * digits) == 0 {
      for place in 0..<digits {
        let digit = value >> (3 * (digits - 1 - place)) & 7
        bytes[offset + place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
      }
      return
    }
    for place in 0...digits {
      let shift = 8 * (digits - place)
      bytes[offset + place] = shift < 64 ? UInt8(truncatingIfNeeded: value >> shift) : 0
    }
    bytes[offset] |= 0x80
  }

  /// The fields of an entry that only describes the next.
  mutating func ownerless(size: Int) {
    number(0o644, at: 100, digits: 7)
    number(0, at: 108, digits: 7)
    number(0, at: 116, digits: 7)
    number(UInt64(size), at: 124, digits: 11)
    number(0, at: 136, digits: 11)
  }

  /// With its checksum: the sum of all bytes, the checksum's own counted as blanks.
  func sealed() -> [UInt8] {
    var block = self
    let sum = bytes.reduce(8 * UInt64(UInt8(ascii: " "))) { $0 &+ UInt64($1) }
    block.number(sum, at: 148, digits: 6)
    block.bytes[155] = UInt8(ascii: " ")
    return block.bytes
  }
}

extension TreeEntry.Kind {
  fileprivate var tarType: UInt8 {
    switch self {
    case .file: UInt8(ascii: "0")
    case .hardlink: UInt8(ascii: "1")
    case .symlink: UInt8(ascii: "2")
    case .characterDevice: UInt8(ascii: "3")
    case .blockDevice: UInt8(ascii: "4")
    case .directory: UInt8(ascii: "5")
    case .fifo: UInt8(ascii: "6")
    }
  }
}

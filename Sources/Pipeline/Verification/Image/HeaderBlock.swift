/// One 512-byte header block of a tar stream.
struct HeaderBlock {
  static let blockSize = 512

  let block: [UInt8]

  var type: UInt8 { block[156] }
  var isZero: Bool { block.allSatisfy { $0 == 0 } }

  /// Whether the check sum is right, computed over unsigned or (as old writers did) signed bytes.
  var isValid: Bool {
    guard let expected = number(148, 8) else { return false }
    var unsigned: Int64 = 0
    var signed: Int64 = 0
    for (index, byte) in block.enumerated() {
      let byte = (148..<156).contains(index) ? UInt8(ascii: " ") : byte
      unsigned += Int64(byte)
      signed += Int64(Int8(bitPattern: byte))
    }
    return expected == unsigned || expected == signed
  }

  var name: [UInt8] {
    // Only ustar has a prefix; GNU keeps times in its place.
    let prefix = block[257..<263].elementsEqual(Array("ustar\0".utf8)) ? text(345, 155) : []
    return prefix.isEmpty ? text(0, 100) : prefix + [UInt8(ascii: "/")] + text(0, 100)
  }

  var permissions: UInt16 { UInt16(truncatingIfNeeded: (number(100, 8) ?? 0) & 0o7777) }
  var owner: Int64 { number(108, 8) ?? 0 }
  var group: Int64 { number(116, 8) ?? 0 }
  var size: Int64? { number(124, 12) }
  var linkName: [UInt8] { text(157, 100) }
  var ownerName: [UInt8] { hasNames ? text(265, 32) : [] }
  var groupName: [UInt8] { hasNames ? text(297, 32) : [] }
  /// GNU sparse: whether a block with more of the map follows, and the size with holes.
  var sparseContinues: Bool { block[482] != 0 }
  var sparseSize: Int64? { number(483, 12) }

  private var hasNames: Bool { block[257..<262].elementsEqual(Array("ustar".utf8)) }

  private func text(_ offset: Int, _ count: Int) -> [UInt8] {
    Array(block[offset..<offset + count].prefix { $0 != 0 })
  }

  /// Octal digits, or GNU's base 256 where the top bit is set.
  private func number(_ offset: Int, _ count: Int) -> Int64? {
    let field = block[offset..<offset + count]
    guard let first = field.first else { return nil }
    if first & 0x80 != 0 {
      var value: Int64 = first & 0x40 != 0 ? -1 : 0
      for (index, byte) in field.enumerated() {
        let byte = index == 0 ? byte & 0x3F : byte
        let (product, overflow) = value.multipliedReportingOverflow(by: index == 0 ? 64 : 256)
        guard !overflow else { return nil }
        value = product | Int64(byte)
      }
      return value
    }
    var value: Int64 = 0
    for byte in field.drop(while: { $0 == UInt8(ascii: " ") || $0 == 0 }) {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "7") else {
        return byte == UInt8(ascii: " ") || byte == 0 ? value : nil
      }
      value = value << 3 | Int64(byte - UInt8(ascii: "0"))
    }
    return value
  }
}

/// PAX extended header records: key to value, bytes as they are.
struct PAXRecords {
  private(set) var values: [String: [UInt8]] = [:]

  /// - Returns: nil where the records do not follow their own lengths.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while let first = rest.first, first != 0 {
      guard let space = rest.prefix(20).firstIndex(of: UInt8(ascii: " ")),
        let length = Int(String(decoding: rest[rest.startIndex..<space], as: UTF8.self)),
        length > space - rest.startIndex + 2, length <= rest.count
      else { return nil }
      let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      let key = String(decoding: record[record.startIndex..<equals], as: UTF8.self)
      values[key] = Array(record[(equals + 1)...])
      rest = rest[(rest.startIndex + length)...]
    }
  }

  init() {}

  mutating func merge(_ other: PAXRecords) { values.merge(other.values) { $1 } }

  subscript(key: String) -> [UInt8]? { values[key] }

  func number(_ key: String) -> Int64? {
    values[key].flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
  }
}

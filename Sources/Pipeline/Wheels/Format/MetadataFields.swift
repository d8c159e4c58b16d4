/// The header fields of `WHEEL` and `METADATA`: `Key: value` lines up to the first empty one.
struct MetadataFields {
  private let fields: [(key: String, value: String)]

  init(_ text: String) {
    var fields: [(key: String, value: String)] = []
    for line in TextLines.split(text) {
      if line.isEmpty { break }
      if line.first == " " || line.first == "\t" {
        if let last = fields.indices.last { fields[last].value += "\n" + line }
        continue
      }
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      fields.append((parts[0].lowercased(), TextLines.trim(parts[1])))
    }
    self.fields = fields
  }

  /// The first field of that name, whatever its case; nil where there is none or it is empty.
  subscript(_ key: String) -> String? {
    fields.first { $0.key == key.lowercased() }.map(\.value).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The values of all fields of that name.
  func all(_ key: String) -> [String] {
    fields.filter { $0.key == key.lowercased() }.map(\.value)
  }
}

/// Lines of a text file, ended by `\n`, `\r\n` or `\r`.
enum TextLines {
  static func split(_ text: String) -> [String] {
    var lines: [String] = []
    var line: [UInt8] = []
    var previous: UInt8 = 0
    for byte in text.utf8 {
      switch byte {
      case 0x0A where previous == 0x0D: break
      case 0x0A, 0x0D:
        lines.append(String(decoding: line, as: UTF8.self))
        line.removeAll(keepingCapacity: true)
      default: line.append(byte)
      }
      previous = byte
    }
    if !line.isEmpty { lines.append(String(decoding: line, as: UTF8.self)) }
    return lines
  }

  static func trim(_ text: some StringProtocol) -> String {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    return String(
      decoding: text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed(),
      as: UTF8.self)
  }
}

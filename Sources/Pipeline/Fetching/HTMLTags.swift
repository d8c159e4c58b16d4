/// The start tags of an HTML page, one after the other, with quotes, cases and breaks of lines as a
/// browser takes them. A page that is cut short ends it.
struct HTMLTags: Sequence, IteratorProtocol {
  struct Tag: Hashable {
    /// In lower case.
    let name: String
    /// By names in lower case; of two with one name the first.
    let attributes: [String: String]
  }

  /// Read byte by byte: the largest pages have some megabytes.
  private let bytes: [UInt8]
  private var position = 0

  /// - Parameter bytes: of a text in UTF-8.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Tag? {
    while let start = bytes[position...].firstIndex(of: UInt8(ascii: "<")) {
      position = start + 1
      if bytes[position...].starts(with: "!--".utf8) {
        let end = bytes[position...].firstRange(of: Array("-->".utf8))
        position = end?.upperBound ?? bytes.endIndex
        continue
      }
      let name = take { !Self.isBlank($0) && !"/>".utf8.contains($0) }.lowercased()
      if name.first?.isLetter == true { return Tag(name: name, attributes: attributes()) }
    }
    return nil
  }

  private mutating func attributes() -> [String: String] {
    var attributes: [String: String] = [:]
    while true {
      _ = take { Self.isBlank($0) || $0 == UInt8(ascii: "/") }
      guard let byte = current else { return attributes }
      if byte == UInt8(ascii: ">") {
        position += 1
        return attributes
      }
      // A browser takes a `=` at the beginning for a part of the name.
      position += 1
      let head = String(decoding: [byte], as: UTF8.self)
      let name = (head + take { !Self.isBlank($0) && !"/>=".utf8.contains($0) }).lowercased()
      _ = take(Self.isBlank)
      var value = ""
      if current == UInt8(ascii: "=") {
        position += 1
        _ = take(Self.isBlank)
        value = Self.unescaped(self.value())
      }
      if attributes[name] == nil { attributes[name] = value }
    }
  }

  private mutating func value() -> String {
    guard let quote = current, "\"'".utf8.contains(quote) else {
      return take { !Self.isBlank($0) && $0 != UInt8(ascii: ">") }
    }
    position += 1
    defer { position = Swift.min(position + 1, bytes.endIndex) }
    return take { $0 != quote }
  }

  private var current: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func take(_ isWanted: (UInt8) -> Bool) -> String {
    let taken = bytes[position...].prefix(while: isWanted)
    position = taken.endIndex
    return String(decoding: taken, as: UTF8.self)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { " \t\n\r\u{0C}".utf8.contains(byte) }

  private static func unescaped(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let mark = rest.firstIndex(of: "&") {
      result += rest[..<mark]
      rest = rest[mark...].dropFirst()
      guard let end = rest.prefix(8).firstIndex(of: ";"), let scalar = entity(rest[..<end]) else {
        result += "&"
        continue
      }
      result.unicodeScalars.append(scalar)
      rest = rest[end...].dropFirst()
    }
    return result + rest
  }

  private static func entity(_ name: Substring) -> Unicode.Scalar? {
    switch name {
    case "lt": "<"
    case "gt": ">"
    case "quot": "\""
    case "apos": "'"
    case "amp": "&"
    case _ where name.lowercased().hasPrefix("#x"):
      UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
    case _ where name.hasPrefix("#"): UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init)
    default: nil
    }
  }
}

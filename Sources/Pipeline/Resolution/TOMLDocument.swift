/// A value of TOML, as far as uv's `pylock.toml` uses it.
enum TOMLValue: Hashable, Sendable {
  case text(String)
  /// A number, a date or a boolean, as it is written.
  case bare(String)
  case array([TOMLValue])
  case table([String: TOMLValue])

  var text: String? { if case .text(let text) = self { text } else { nil } }
  var bare: String? { if case .bare(let text) = self { text } else { nil } }
  var array: [TOMLValue]? { if case .array(let values) = self { values } else { nil } }

  subscript(key: String) -> TOMLValue? {
    if case .table(let table) = self { table[key] } else { nil }
  }
}

/// The part of TOML 1.0 that `pylock.toml` (PEP 751) is written in: tables, arrays of tables,
/// inline tables, arrays, one-line strings, bare values, comments. Anything else is an error.
struct TOMLDocument: Sendable {
  struct Fault: Error, Hashable {
    let line: Int
    let expected: String
  }

  /// `[[name]]` → its tables in order; `""` holds the top of the document.
  private(set) var tables: [String: [[String: TOMLValue]]] = ["": [[:]]]

  private var rest: ArraySlice<UInt8>
  private var line = 1

  init(_ text: String) throws(Fault) {
    rest = Array(text.utf8)[...]
    var current = ""
    skip(lines: true)
    while let byte = rest.first {
      if byte == UInt8(ascii: "[") {
        current = try header()
      } else {
        let (key, value) = try pair()
        let last = (tables[current]?.count ?? 0) - 1
        guard tables[current]?[last].updateValue(value, forKey: key) == nil else {
          throw fault("another key than `\(key)`")
        }
      }
      skip(lines: false)
      guard rest.isEmpty || rest.first == UInt8(ascii: "\n") else { throw fault("a line's end") }
      skip(lines: true)
    }
  }

  private func fault(_ expected: String) -> Fault { Fault(line: line, expected: expected) }

  private mutating func header() throws(Fault) -> String {
    let isArray = rest.starts(with: "[[".utf8)
    rest = rest.dropFirst(isArray ? 2 : 1)
    let name = try key()
    let end = isArray ? "]]" : "]"
    guard rest.starts(with: end.utf8) else { throw fault("`\(end)`") }
    rest = rest.dropFirst(end.utf8.count)
    tables[name, default: []].append([:])
    return name
  }

  private mutating func pair() throws(Fault) -> (String, TOMLValue) {
    let key = try key()
    skip(lines: false)
    guard rest.popFirst() == UInt8(ascii: "=") else { throw fault("`=`") }
    skip(lines: false)
    return (key, try value(depth: 0))
  }

  /// A bare or dotted key, or a quoted one.
  private mutating func key() throws(Fault) -> String {
    if rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "'") { return try string() }
    let name = rest.prefix { Self.isBare($0) }
    guard !name.isEmpty else { throw fault("a key") }
    rest = rest.dropFirst(name.count)
    return String(decoding: name, as: UTF8.self)
  }

  private mutating func value(depth: Int) throws(Fault) -> TOMLValue {
    guard depth < 8, let byte = rest.first else { throw fault("a value") }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .text(try string())
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "{"): return try inlineTable(depth)
    default:
      let text = rest.prefix {
        Self.isBare($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "+")
      }
      guard !text.isEmpty else { throw fault("a value") }
      rest = rest.dropFirst(text.count)
      return .bare(String(decoding: text, as: UTF8.self))
    }
  }

  private mutating func array(_ depth: Int) throws(Fault) -> TOMLValue {
    rest = rest.dropFirst()
    var values: [TOMLValue] = []
    while true {
      skip(lines: true)
      if rest.first == UInt8(ascii: "]") {
        rest = rest.dropFirst()
        return .array(values)
      }
      values.append(try value(depth: depth + 1))
      try separator(before: UInt8(ascii: "]"))
    }
  }

  private mutating func inlineTable(_ depth: Int) throws(Fault) -> TOMLValue {
    rest = rest.dropFirst()
    var table: [String: TOMLValue] = [:]
    while true {
      skip(lines: true)
      if rest.first == UInt8(ascii: "}") {
        rest = rest.dropFirst()
        return .table(table)
      }
      let key = try key()
      skip(lines: false)
      guard rest.popFirst() == UInt8(ascii: "=") else { throw fault("`=`") }
      skip(lines: false)
      table[key] = try value(depth: depth + 1)
      try separator(before: UInt8(ascii: "}"))
    }
  }

  private mutating func separator(before end: UInt8) throws(Fault) {
    skip(lines: true)
    if rest.first == UInt8(ascii: ",") {
      rest = rest.dropFirst()
    } else if rest.first != end {
      throw fault("`,`")
    }
  }

  private mutating func string() throws(Fault) -> String {
    let quote = rest.removeFirst()
    var bytes: [UInt8] = []
    while let byte = rest.popFirst(), byte != UInt8(ascii: "\n") {
      if byte == quote { return String(decoding: bytes, as: UTF8.self) }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        bytes += try escape()
      } else {
        bytes.append(byte)
      }
    }
    throw fault("the end of a string")
  }

  private mutating func escape() throws(Fault) -> [UInt8] {
    switch rest.popFirst() {
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
    case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
    case UInt8(ascii: "u"):
      let digits = String(decoding: rest.prefix(4), as: UTF8.self)
      guard digits.utf8.count == 4,
        let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
      else { throw fault("four hexadecimal digits") }
      rest = rest.dropFirst(4)
      return Array(String(Character(scalar)).utf8)
    default: throw fault("an escape that kiln knows")
    }
  }

  private static func isBare(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_.".utf8.contains(byte)
  }

  /// Passes blanks and comments, and line breaks too where `lines`.
  private mutating func skip(lines: Bool) {
    while let byte = rest.first {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): rest = rest.dropFirst()
      case UInt8(ascii: "\n") where lines:
        line += 1
        rest = rest.dropFirst()
      case UInt8(ascii: "#"): rest = rest.drop { $0 != UInt8(ascii: "\n") }
      default: return
      }
    }
  }
}

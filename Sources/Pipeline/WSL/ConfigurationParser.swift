/// WSL's parser, step by step as its source has it, over bytes.
struct ConfigurationParser {
  private(set) var entries: [WSLConfiguration.Entry] = []
  private(set) var problems: [WSLConfiguration.Problem] = []

  private let bytes: [UInt8]
  /// Of the byte after ``current``.
  private var next = 0
  /// nil at the end of the file.
  private var current: UInt8?
  /// Where ``current`` stands, from 1.
  private var line = 1
  private var section = ""
  private var firstLines: [String: Int] = [:]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let hash = UInt8(ascii: "#")
  private static let quote = UInt8(ascii: "\"")

  mutating func parse() {
    while skipToStatement() {
      let isWhole =
        current == UInt8(ascii: "[") ? parseSection() : parseKeyAndValue()
      if !isWhole { return }
    }
  }

  private mutating func advance() {
    if current == Self.newline { line += 1 }
    current = next < bytes.count ? bytes[next] : nil
    next += 1
  }

  private mutating func skipHorizontalSpace() {
    repeat { advance() } while current == UInt8(ascii: " ") || current == UInt8(ascii: "\t")
  }

  /// Leaves the first byte of a section or key in ``current``.
  ///
  /// - Returns: false at the end, of the file or of what WSL reads.
  private mutating func skipToStatement() -> Bool {
    while true {
      if current == Self.hash { skipComment() }
      if current == nil, next > bytes.count { return false }
      skipHorizontalSpace()
      switch current {
      case nil: return false
      case Self.newline, Self.carriageReturn, Self.hash: continue
      case UInt8(ascii: "["): return true
      case let byte? where byte.isLetter: return true
      default: return malformed("a letter, `[`, or `#` before a comment")
      }
    }
  }

  /// As WSL does it: the byte after a carriage return belongs to the comment, unless it is the
  /// newline.
  private mutating func skipComment() {
    repeat {
      advance()
      if current == Self.carriageReturn { advance() }
    } while current != Self.newline && current != nil
  }

  private mutating func parseSection() -> Bool {
    advance()
    guard current?.isLetter == true else { return malformed("a letter after `[`") }
    section = takeName()
    guard current == UInt8(ascii: "]") else { return malformed("`]` after the section's name") }
    skipHorizontalSpace()
    switch current {
    case nil, Self.newline, Self.carriageReturn, Self.hash: return true
    default: return malformed("the end of the line after the section")
    }
  }

  private mutating func takeName() -> String {
    var name: [UInt8] = []
    while let byte = current, byte.isLetter || byte.isDigit {
      name.append(byte)
      advance()
    }
    return String(decoding: name, as: UTF8.self)
  }

  private mutating func parseKeyAndValue() -> Bool {
    let line = line
    let key = takeName()
    if current == UInt8(ascii: " ") || current == UInt8(ascii: "\t") { skipHorizontalSpace() }
    guard current == UInt8(ascii: "=") else { return malformed("`=` after `\(key)`") }
    skipHorizontalSpace()
    guard let value = takeValue() else { return false }
    record(
      WSLConfiguration.Entry(
        section: section, key: key, value: String(decoding: value, as: UTF8.self), line: line))
    return true
  }

  /// Up to the end of the line or a comment; nil where it is malformed.
  private mutating func takeValue() -> [UInt8]? {
    var value: [UInt8] = []
    var trimmedLength = 0
    var isQuoted = false
    scan: while let byte = current, byte != Self.newline, byte != Self.carriageReturn {
      switch byte {
      case Self.quote: isQuoted.toggle()
      case UInt8(ascii: "\\"):
        guard let escaped = takeEscape() else {
          _ = malformed("`\\`, `\"`, `b`, `n`, `t` or the end of the line after a backslash")
          return nil
        }
        value += escaped
      case Self.hash where !isQuoted: break scan
      default: value.append(byte)
      }
      if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") { trimmedLength = value.count }
      advance()
    }
    guard !isQuoted else {
      _ = malformed("a closing `\"`")
      return nil
    }
    return Array(value.prefix(trimmedLength))
  }

  private mutating func takeEscape() -> [UInt8]? {
    advance()
    switch current {
    case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
    case Self.quote: return [Self.quote]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "n"): return [Self.newline]
    case UInt8(ascii: "t"): return [UInt8(ascii: "\t")]
    case Self.newline, Self.carriageReturn: return []
    default: return nil
    }
  }

  private mutating func record(_ entry: WSLConfiguration.Entry) {
    entries.append(entry)
    if entry.section.isEmpty { add(.outsideSection(name: entry.key), line: entry.line) }
    let name = entry.name.lowercased()
    if let first = firstLines[name] {
      add(.duplicate(name: entry.name, firstLine: first), line: entry.line)
    } else {
      firstLines[name] = entry.line
    }
  }

  private mutating func malformed(_ expected: String) -> Bool {
    let offset = min(next - 1, bytes.count)
    let start = bytes[..<offset].lastIndex(of: Self.newline).map { $0 + 1 } ?? 0
    let before = String(decoding: bytes[start..<offset], as: UTF8.self)
    add(
      .malformed(expected: expected), line: line, column: before.unicodeScalars.count + 1)
    return false
  }

  private mutating func add(
    _ kind: WSLConfiguration.Problem.Kind, line: Int, column: Int? = nil
  ) {
    problems.append(.init(kind: kind, line: line, column: column, excerpt: excerpt(line)))
  }

  private func excerpt(_ line: Int) -> String {
    let lines = bytes.split(separator: Self.newline, omittingEmptySubsequences: false)
    guard lines.indices.contains(line - 1) else { return "" }
    return String(decoding: lines[line - 1].filter { $0 != Self.carriageReturn }, as: UTF8.self)
  }
}

extension UInt8 {
  /// As `isalpha` and `isdigit` in the C locale, which is WSL's.
  var isLetter: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

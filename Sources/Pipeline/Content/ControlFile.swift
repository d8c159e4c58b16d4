/// The format of Debian's control files: stanzas of fields, apart by empty lines (deb822(5)).
public struct ControlFile: Hashable, Sendable {
  /// The fields of one stanza, in the order of the file. Names compare without case.
  public struct Stanza: Hashable, Sendable {
    public struct Field: Hashable, Sendable {
      public let name: String
      /// Without the blank behind the colon; continuation lines follow after line breaks, each
      /// with the blank that begins it.
      public let value: String

      public init(name: String, value: String) {
        self.name = name
        self.value = value
      }
    }

    public let fields: [Field]

    public init(fields: [Field]) { self.fields = fields }

    /// The value of a field, or nil where the stanza does not have it.
    public subscript(name: String) -> String? {
      fields.first { ControlFile.isSame($0.name, name) }?.value
    }
  }

  /// A text that is no control file.
  public struct Malformed: Error, Hashable {
    /// From 1.
    public let line: Int
    public let reason: String
  }

  public let stanzas: [Stanza]

  /// As dpkg reads packages and its database: nothing is passed over, and a line of blanks ends a
  /// stanza.
  public init(parsing text: String) throws(Malformed) {
    var reader = Reader(endsAtBlanks: true)
    for (index, line) in Self.lines(text) {
      if let reason = reader.read(line) { throw Malformed(line: index + 1, reason: reason) }
    }
    stanzas = reader.finish()
  }

  /// As apt reads its indexes and sources: what is malformed is passed over, of a field that stands
  /// there twice the last counts, and only an empty line ends a stanza.
  ///
  /// - Parameter hasComments: whether lines that begin with `#` say nothing, as in sources.
  public init(readByApt text: String, hasComments: Bool = false) {
    var reader = Reader(endsAtBlanks: false)
    for (_, line) in Self.lines(text) where !(hasComments && line.first == UInt8(ascii: "#")) {
      _ = reader.read(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
    stanzas = reader.finish()
  }

  /// dpkg's database has ten thousands of lines; letters are nothing that their form depends on.
  private static func lines(_ text: String) -> EnumeratedSequence<[Substring.UTF8View]> {
    text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
  }

  fileprivate static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  /// Whether two names are the same but for the case of their letters, which are ASCII.
  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count
      && zip(left.utf8, right.utf8).allSatisfy { lowercased($0) == lowercased($1) }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}

/// Takes a control file line by line.
private struct Reader {
  let endsAtBlanks: Bool
  private var stanzas: [ControlFile.Stanza] = []
  private var fields: [(name: String, value: String)] = []
  /// Of the fields, by their names in small letters.
  private var places: [String: Int] = [:]
  /// Of the field that a continuation line belongs to.
  private var last: Int?

  init(endsAtBlanks: Bool) { self.endsAtBlanks = endsAtBlanks }

  /// - Returns: what is wrong with the line, or nil.
  mutating func read(_ line: Substring.UTF8View) -> String? {
    let start = line.firstIndex { !ControlFile.isBlank($0) }
    if line.isEmpty || (start == nil && endsAtBlanks) {
      close()
      return nil
    }
    guard let start, start == line.startIndex else {
      guard let last else { return "a continuation line before the first field" }
      fields[last].value += "\n" + Substring(line)
      return nil
    }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon != start,
      !line[..<colon].contains(where: ControlFile.isBlank)
    else { return "neither a field nor a continuation line: \(Substring(line))" }
    let name = String(Substring(line[..<colon]))
    let rest = line[line.index(after: colon)...].drop(while: ControlFile.isBlank)
    let value = String(Substring(rest))
    if let place = places[name.lowercased()] {
      fields[place].value = value
      last = place
      return "the field \(name) stands there twice"
    }
    places[name.lowercased()] = fields.count
    last = fields.count
    fields.append((name, value))
    return nil
  }

  mutating func finish() -> [ControlFile.Stanza] {
    close()
    return stanzas
  }

  private mutating func close() {
    // As dpkg does: blanks go from a field's end, not from the end of its first line.
    let whole = fields.map {
      ControlFile.Stanza.Field(name: $0.name, value: Self.trimmedEnd($0.value))
    }
    if !fields.isEmpty { stanzas.append(.init(fields: whole)) }
    fields = []
    places = [:]
    last = nil
  }

  private static func trimmedEnd(_ text: String) -> String {
    let end = text.utf8.lastIndex { !ControlFile.isBlank($0) && $0 != UInt8(ascii: "\n") }
    return end.map { String(text[...$0]) } ?? ""
  }
}

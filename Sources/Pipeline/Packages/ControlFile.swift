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

  public let stanzas: [Stanza]

  /// - Parameter name: for errors.
  /// - Throws: ``PackageError/Code/badControl`` with the line.
  public init(parsing text: String, name: String) throws(PackageError) {
    var stanzas: [Stanza] = []
    var fields: [(name: String, value: String)] = []
    var names: Set<String> = []
    func close() {
      // As dpkg does: blanks go from a field's end, not from the end of its first line.
      let whole = fields.map { Stanza.Field(name: $0.name, value: Self.trimmedEnd($0.value)) }
      if !fields.isEmpty { stanzas.append(Stanza(fields: whole)) }
      fields = []
      names = []
    }
    // dpkg's database has ten thousands of lines; letters are nothing that their form depends on.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let fail = { (reason: String) in
        PackageError(.badControl, package: name, place: "control:\(index + 1)", reason: reason)
      }
      if line.first == UInt8(ascii: "#") { continue }
      guard let start = line.firstIndex(where: { !Self.isBlank($0) }) else {
        close()
        continue
      }
      if start != line.startIndex {
        guard let last = fields.indices.last else {
          throw fail("a continuation line before the first field")
        }
        fields[last].value += "\n" + Substring(line)
        continue
      }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon != start,
        !line[..<colon].contains(where: Self.isBlank)
      else { throw fail("neither a field nor a continuation line: \(Substring(line))") }
      let field = String(Substring(line[..<colon]))
      guard names.insert(field.lowercased()).inserted else {
        throw fail("the field \(field) stands there twice")
      }
      let value = line[line.index(after: colon)...].drop(while: Self.isBlank)
      fields.append((field, String(Substring(value))))
    }
    close()
    self.stanzas = stanzas
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private static func trimmedEnd(_ text: String) -> String {
    let end = text.utf8.lastIndex { !isBlank($0) && $0 != UInt8(ascii: "\n") }
    return end.map { String(text[...$0]) } ?? ""
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

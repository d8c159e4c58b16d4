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
      let wanted = name.lowercased()
      return fields.first { $0.name.lowercased() == wanted }?.value
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
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let fail = { (reason: String) in
        PackageError(.badControl, package: name, place: "control:\(index + 1)", reason: reason)
      }
      if line.first == "#" { continue }
      guard line.contains(where: { $0 != " " && $0 != "\t" }) else {
        close()
        continue
      }
      if line.first == " " || line.first == "\t" {
        guard let last = fields.indices.last else {
          throw fail("a continuation line before the first field")
        }
        fields[last].value += "\n" + line
        continue
      }
      guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
        !line[..<colon].contains(where: { $0 == " " || $0 == "\t" })
      else { throw fail("neither a field nor a continuation line: \(line)") }
      let field = String(line[..<colon])
      guard names.insert(field.lowercased()).inserted else {
        throw fail("the field \(field) stands there twice")
      }
      fields.append((field, Self.trimmedStart(line[line.index(after: colon)...])))
    }
    close()
    self.stanzas = stanzas
  }

  private static func trimmedStart(_ text: Substring) -> String {
    String(text.drop { $0 == " " || $0 == "\t" })
  }

  private static func trimmedEnd(_ text: String) -> String {
    var text = text[...]
    while let last = text.last, last == " " || last == "\t" || last == "\n" { text.removeLast() }
    return String(text)
  }
}

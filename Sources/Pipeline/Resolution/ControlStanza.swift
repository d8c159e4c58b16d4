/// A stanza of Debian's control format (`deb822(5)`), as `apt-cache show` and dpkg-deb print it.
struct ControlStanza: Hashable, Sendable {
  private let fields: [String: String]

  /// All stanzas of a text.
  static func all(_ text: String) -> [ControlStanza] {
    text.split(separator: "\n", omittingEmptySubsequences: false).split { $0.isEmpty }
      .map { ControlStanza($0) }
  }

  private init(_ lines: ArraySlice<Substring>) {
    var fields: [String: String] = [:]
    for line in lines where !line.hasPrefix(" ") && !line.hasPrefix("\t") {
      // Continuation lines hold nothing that resolution reads.
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...]
      fields[line[..<colon].lowercased()] = String(value.drop { $0 == " " })
    }
    self.fields = fields
  }

  /// A field by its name, of either case.
  subscript(name: String) -> String? { fields[name.lowercased()] }

  /// What a dependency field asks for: groups of alternatives, as names without versions.
  func relations(_ names: String...) -> [[String]] {
    names.compactMap { self[$0] }.flatMap { $0.split(separator: ",") }.map { group in
      group.split(separator: "|").map(Self.relationName)
    }
  }

  /// `libc6:any (>= 2.4) [amd64]` → `libc6`
  private static func relationName(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.prefix { !" (:[<".contains($0) })
  }
}

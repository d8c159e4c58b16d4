internal import Content

/// One archive of the host's apt sources.
struct AptArchive: Hashable, Sendable {
  var uri: String
  var suite: String
  var components: [String]
  /// The keyring's path, or an inline key; nil where any trusted key signs.
  var signedBy: String?
}

/// apt's two formats of sources (`sources.list(5)`), binary packages only.
enum AptSources {
  /// `deb [arch=amd64 signed-by=/…] URI suite component…`, one a line.
  static func oneLine(_ text: String) -> [AptArchive] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      var rest = line.prefix { $0 != "#" }.drop(while: \.isWhitespace)
      guard rest.hasPrefix("deb"), rest.dropFirst(3).first?.isWhitespace == true else { return nil }
      rest = rest.dropFirst(3).drop(while: \.isWhitespace)
      var signedBy: String?
      if rest.first == "[", let end = rest.firstIndex(of: "]") {
        let options = rest[..<end].dropFirst().split(whereSeparator: \.isWhitespace)
        signedBy = options.first { $0.lowercased().hasPrefix("signed-by=") }
          .map { String($0.dropFirst("signed-by=".count)) }
        rest = rest[end...].dropFirst()
      }
      let words = rest.split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.count >= 2 else { return nil }
      return AptArchive(
        uri: words[0], suite: words[1], components: Array(words.dropFirst(2)), signedBy: signedBy)
    }
  }

  /// The deb822 format of `*.sources`.
  static func stanzas(_ text: String) -> [AptArchive] {
    ControlFile(readByApt: text, hasComments: true).stanzas.flatMap(archives)
  }

  private static func archives(_ stanza: ControlFile.Stanza) -> [AptArchive] {
    let words = { (name: String) in
      (stanza[name] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    }
    let isOff = ["no", "false", "off", "0", "without", "disable"]
    guard words("Types").contains("deb"), !isOff.contains(words("Enabled").first ?? "yes") else {
      return []
    }
    let signedBy = words("Signed-By").joined(separator: " ")
    return words("URIs").flatMap { uri in
      words("Suites").map { suite in
        AptArchive(
          uri: uri, suite: suite, components: words("Components"),
          signedBy: signedBy.isEmpty ? nil : signedBy)
      }
    }
  }
}

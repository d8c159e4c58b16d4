/// The priorities that apt gives to versions, as `apt-cache policy` prints them.
struct AptPolicy: Sendable {
  /// Package → version → priority.
  private var priorities: [Substring: [Substring: Int]] = [:]

  init(_ text: String) {
    var package = Substring()
    for line in text.split(separator: "\n") {
      // hello:
      //   Version table:
      //  *** 2.10-3 500
      //         500 http://example.org/debian trixie/main amd64 Packages
      if line.first != " ", line.last == ":" {
        package = line.dropLast()
      } else if line.hasPrefix("     ") || line.hasPrefix(" *** "),
        line.dropFirst(5).first != " "
      {
        let words = line.dropFirst(5).split(separator: " ")
        if words.count == 2 { priorities[package, default: [:]][words[0]] = Int(words[1]) }
      }
    }
  }

  /// Whether apt would never take a version.
  func forbids(_ package: String, _ version: String) -> Bool {
    (priorities[package[...]]?[version[...]] ?? 0) < 0
  }
}

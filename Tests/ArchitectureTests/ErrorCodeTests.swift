import Testing

/// `docs/errors.md` explains every code that the sources define, and no other.
@Suite struct ErrorCodeTests {
  /// `K` and four digits, as written in a string literal or as a heading.
  static func codes(in text: String) -> [String] {
    text.matches(of: /"(K[0-9]{4})"/).map { String($0.1) }
  }

  @Test func everyCodeIsDocumented() throws {
    let documented = Set(
      try SourceFile.all(below: "docs", endings: ["errors.md"])
        .flatMap { $0.text.matches(of: /(?m)^### (K[0-9]{4})/).map { String($0.1) } })
    let defined = Set(
      try SourceFile.all(below: "Sources", endings: [".swift"]).flatMap { Self.codes(in: $0.text) })
    #expect(defined.subtracting(documented).sorted() == [], "not in docs/errors.md")
    #expect(documented.subtracting(defined).sorted() == [], "documented, but nowhere defined")
  }

  /// A code that no failure can have is a promise of the manual that nothing keeps. Patterns and
  /// comparisons are no uses: they only ask.
  @Test func everyCodeIsGivenToSomeFailure() throws {
    var uses: [String: String] = [:]
    var codes: [(target: String, name: String, code: String)] = []
    for file in try SourceFile.all(below: "Sources", endings: [".swift"]) {
      for match in file.text.matches(of: /case (\w+) = "(K[0-9]{4})"/) {
        codes.append((file.target, String(match.1), String(match.2)))
      }
      uses[file.target, default: ""] += file.text
        .replacing(/(?m)^ *\/\/.*$/, with: "").replacing(/\bcase [^:=]*:/, with: "")
        .replacing(/[!=]= \.\w+/, with: "")
    }
    for (target, name, code) in codes {
      let use = try Regex("\\.\(name)(?!\\w)")
      #expect(uses[target]?.contains(use) == true, "nothing fails with \(code), .\(name)")
    }
  }

  @Test func noTwoModulesShareACode() throws {
    var owners: [String: Set<String>] = [:]
    for file in try SourceFile.all(below: "Sources", endings: [".swift"]) {
      for match in file.text.matches(of: /case \w+ = "(K[0-9]{4})"/) {
        owners[String(match.1), default: []].insert(file.target)
      }
    }
    for (code, targets) in owners { #expect(targets.count == 1, "\(code) is in \(targets)") }
  }
}

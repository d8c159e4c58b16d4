import Diagnostics
import Testing
import YAML

struct RefusalTests {
  struct Bad: CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let code: YAMLError.Code
    let line: Int?
    let column: Int?

    init(_ name: String, _ text: String, _ code: YAMLError.Code, _ line: Int?, _ column: Int?) {
      self.init(name, bytes: Array(text.utf8), code, line, column)
    }

    init(
      _ name: String, bytes: [UInt8], _ code: YAMLError.Code, _ line: Int?, _ column: Int?
    ) {
      self.name = name
      self.bytes = bytes
      self.code = code
      self.line = line
      self.column = column
    }

    var testDescription: String { name }
  }

  static let bad: [Bad] = [
    Bad("empty", "", .empty, 1, 1),
    Bad("comments only", "# nothing\n", .empty, 2, 1),
    Bad("UTF-8 byte-order mark", "\u{FEFF}a: 1\n", .byteOrderMark, 1, 1),
    Bad("UTF-16", bytes: [0xFF, 0xFE, 0x61, 0], .byteOrderMark, 1, 1),
    Bad("not UTF-8", bytes: Array("a: 1\nb: é".utf8) + [0xFF, 0x0A], .notUTF8, 2, 5),
    Bad("cut character", bytes: Array("a: ".utf8) + [0xC3], .notUTF8, 1, 4),
    Bad("overlong", bytes: Array("a: ".utf8) + [0xC0, 0x80], .notUTF8, 1, 4),
    Bad("NUL", "a: b\u{0}c", .controlCharacter, 1, 5),
    Bad("escape", "a: 1\nb: \u{1B}[2J", .controlCharacter, 2, 4),
    Bad("tab as indentation", "a:\n\tb: 1\n", .tab, 2, 1),
    Bad("tab after spaces", "a:\n  b: 1\n \tc: 1\n", .tab, 3, 2),
    Bad("second document", "a: 1\n---\nb: 2\n", .severalDocuments, 2, 1),
    Bad("tag", "a: !!str 1\n", .tag, 1, 4),
    Bad("local tag", "a: !secret x\n", .tag, 1, 4),
    Bad("anchor", "a: &x 1\n", .anchor, 1, 4),
    Bad("alias", "a: &x 1\nb: *x\n", .anchor, 1, 4),
    Bad("merge key", "a:\n  <<: {b: 1}\n", .mergeKey, 2, 3),
    Bad("duplicate key", "a: 1\nb: 2\n\"a\": 3\n", .duplicateKey, 3, 1),
    Bad("duplicate key in flow", "a: {b: 1, b: 2}\n", .duplicateKey, 1, 11),
    Bad("key is a list", "? [a, b]\n: 1\n", .keyNotText, 1, 3),
    Bad("unclosed bracket", "a: [1, 2\nb: 3\n", .syntax, 2, 2),
    Bad("unclosed quote", "a: \"b\nc: d\n", .syntax, 3, 1),
    Bad("colon in plain text", "a: b: c\n", .syntax, 1, 5),
    Bad("directive", "%YAML 1.1\n---\na: 1\n", .directive, 1, 1),
    Bad("deep", String(repeating: "[", count: 100), .tooDeep, 1, 66),
    Bad("deep in blocks", String(repeating: "- ", count: 100) + "x", .tooDeep, 1, 131),
    Bad("large", bytes: [UInt8](repeating: 0x20, count: (1 << 20) + 1), .tooLarge, nil, nil),
    Bad("many values", "[" + String(repeating: "1,", count: 120_000) + "]", .tooLarge, 1, 200_000),
  ]

  @Test(arguments: bad) func refuses(bad: Bad) throws {
    let error = try #require(throws: YAMLError.self) {
      try Node.read(bad.bytes, file: "bad.yaml")
    }
    let problem = try #require(error.problems.first)
    #expect(problem.code == bad.code, "\(problem.message)")
    #expect(problem.place.line == bad.line)
    #expect(problem.place.column == bad.column)
    #expect(problem.place.file == "bad.yaml")
  }

  @Test func everyCodeIsCovered() {
    let covered = Set(Self.bad.map(\.code))
    #expect(Set(YAMLError.Code.allCases).subtracting(covered) == [.noMemory])
  }

  @Test func anAliasBombIsRefusedAtOnce() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<40 {
      let alias = String(repeating: "*a\(level - 1), ", count: 10)
      text += "a\(level): &a\(level) [\(alias)]\n"
    }
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(throws: YAMLError.self) { try Node.read(Array(text.utf8), file: "bomb.yaml") }
    }
    // Expanded it would have 10 to the 40th nodes.
    #expect(time < .seconds(60))
  }

  @Test func findsSeveralProblemsAndKeepsTheRest() throws {
    let text = "a: 1\na: 2\nb: {d: 1, d: 2}\nc: 3\n"
    let error = try #require(throws: YAMLError.self) {
      try Node.read(Array(text.utf8), file: "a")
    }
    #expect(error.problems.map(\.code) == [.duplicateKey, .duplicateKey])
    #expect(error.partialTree?["a"]?.scalar?.text == "1")
    #expect(error.partialTree?["c"]?.scalar?.text == "3")
  }

  @Test func survivesEveryTruncationAndBitFlip() {
    let text = "a: {b: [1, \"x\\n\"], c: 'y'}\nd: |\n  e\n- ? f\n\u{85}é: &g *h !i\n"
    let bytes = Array(text.utf8)
    for index in bytes.indices {
      _ = try? Node.read(Array(bytes[..<index]), file: "a")
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << UInt8(bit)
        _ = try? Node.read(changed, file: "a")
      }
    }
  }
}

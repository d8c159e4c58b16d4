import Diagnostics
import Testing
import YAML

struct NodeTests {
  @Test func keepsOrderPlacesAndSpelling() throws {
    let text = """
      # a comment
      name: kiln
      mode: "0644"
      list: [1, two]
      script: |
        a
        \tb
      """
    let root = try Node.read(Array(text.utf8), file: "a.yaml")
    #expect(root.mapping?.map(\.key) == ["name", "mode", "list", "script"])
    #expect(root["mode"]?.scalar == Scalar("0644", isPlain: false))
    #expect(root["mode"]?.scalar?.value == .text)
    #expect(root["script"]?.scalar?.text == "a\n\tb")
    let two = try #require(root["list"]?.sequence?.last)
    #expect(two.place.line == 4 && two.place.column == 11)
    #expect(two.place.excerpt == "list: [1, two]")
    #expect(two.place.file == "a.yaml")
  }

  @Test func countsColumnsInScalars() throws {
    let root = try Node.read(Array("é: {😀: ü, b: c}".utf8), file: "a")
    let entries = try #require(root["é"]?.mapping)
    #expect(entries.map(\.keyPlace.column) == [5, 11])
    #expect(entries.map(\.value.place.column) == [8, 14])
  }

  @Test func countsLinesAtEveryBreak() throws {
    let root = try Node.read(Array("a: 1\r\nb: 2\rc: 3\nd: 4".utf8), file: "a")
    #expect(root.mapping?.map(\.keyPlace.line) == [1, 2, 3, 4])
    #expect(root.mapping?.map(\.keyPlace.excerpt) == ["a: 1", "b: 2", "c: 3", "d: 4"])
  }

  @Test(arguments: [
    ("true", Scalar.Value.boolean(true)), ("False", .boolean(false)), ("yes", .text),
    ("", .null), ("~", .null), ("null", .null), ("12", .integer(12)), ("-3", .integer(-3)),
    ("0644", .integer(644)), ("0o644", .integer(420)), ("0x1F", .integer(31)), ("0x-1", .text),
    ("1.5", .number), ("1e3", .number), (".5", .number), (".", .text), ("1.2.3", .text),
    (".inf", .number), ("99999999999999999999", .number), ("1_000", .text), ("e5", .text),
  ])
  func resolvesPlainScalars(text: String, value: Scalar.Value) {
    #expect(Scalar(text, isPlain: true).value == value)
    #expect(Scalar(text, isPlain: false).value == .text)
  }
}

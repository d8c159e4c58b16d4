import Content
import Testing

@Suite struct ControlFileTests {
  @Test func keepsOrderAndContinuations() throws {
    let text = "Package: a\nDescription: short\n long\n .\n\tmore\n\n \nPackage:b\nEmpty:\n"
    let file = try ControlFile(parsing: text)
    #expect(file.stanzas.count == 2)
    #expect(file.stanzas[0].fields.map(\.name) == ["Package", "Description"])
    #expect(file.stanzas[0]["description"] == "short\n long\n .\n\tmore")
    #expect(file.stanzas[1]["Package"] == "b")
    #expect(file.stanzas[1]["Empty"] == "")
    #expect(file.stanzas[1]["Absent"] == nil)
    #expect(ControlFile(readByApt: text) == file)
  }

  /// dpkg's status file has `Description: … \n …` with the blank at the first line's end.
  @Test func trimsAFieldWhereDpkgDoes() throws {
    let text = "Version:  1 \t\nDescription: first \n second \t\n"
    let stanza = try #require(try ControlFile(parsing: text).stanzas.first)
    #expect(stanza["Version"] == "1")
    #expect(stanza["Description"] == "first \n second")
  }

  /// dpkg has no comments in control files.
  @Test(arguments: [
    (" continuation", 1), ("A: 1\nno field\n", 2), ("A: 1\nB: 2\na: 3\n", 3), ("A B: 1", 1),
    (": x", 1), ("A: 1\n# note\n", 2),
  ])
  func namesTheLine(_ text: String, _ line: Int) throws {
    let error = #expect(throws: ControlFile.Malformed.self) { _ = try ControlFile(parsing: text) }
    #expect(error?.line == line)
  }

  /// As apt 2.6 was seen to do.
  @Test func readsWhatAptReads() {
    let text = """
      Types: deb
      no field
      URIs: http://example.org
       http://example.com
      #Suites: none
      # of a folded field
      \u{20}http://example.net
      URIS: http://example.org/last\r
      Components:
       main
      \u{20}
      # in between
       contrib
      \r
      Types: deb-src

      """
    let stanzas = ControlFile(readByApt: text, hasComments: true).stanzas
    #expect(stanzas.count == 2)
    #expect(stanzas.first?.fields.map(\.name) == ["Types", "URIs", "Components"])
    #expect(stanzas.first?["URIs"] == "http://example.org/last")
    #expect(stanzas.first?["Components"] == "\n main\n \n contrib")
    #expect(stanzas.last?["Types"] == "deb-src")
    #expect(ControlFile(readByApt: "#A: 1\n").stanzas.first?["#A"] == "1")
    #expect(ControlFile(readByApt: " x\n\n\n").stanzas.isEmpty)
  }

  /// A letter may be joined with the line break or the colon before it to one character.
  @Test func lettersAreBytes() throws {
    let stanza = try #require(
      try ControlFile(parsing: "A:\u{301}x\nB: y\n \u{301}\n").stanzas.first)
    #expect(stanza["A"] == "\u{301}x")
    #expect(stanza["B"] == "y\n \u{301}")
  }

  /// Joining each line to the text so far would take hours.
  @Test func readsManyLinesAndFieldsInOneGo() throws {
    let long = "Description: x\n" + String(repeating: " line\n", count: 200_000)
    let many = (0..<20_000).map { "Field-\($0): x\n" }.joined()
    let file = try ControlFile(parsing: long + many)
    #expect(file.stanzas.first?.fields.count == 20_001)
  }
}

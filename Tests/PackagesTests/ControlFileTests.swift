import Packages
import Testing

@Suite struct ControlFileTests {
  @Test func keepsOrderAndContinuations() throws {
    let text =
      "# comment\nPackage: a\nDescription: short\n long\n .\n\tmore\n\n \nPackage:b\nEmpty:\n"
    let file = try ControlFile(parsing: text, name: "x.deb")
    #expect(file.stanzas.count == 2)
    #expect(file.stanzas[0].fields.map(\.name) == ["Package", "Description"])
    #expect(file.stanzas[0]["description"] == "short\n long\n .\n\tmore")
    #expect(file.stanzas[1]["Package"] == "b")
    #expect(file.stanzas[1]["Empty"] == "")
    #expect(file.stanzas[1]["Absent"] == nil)
  }

  /// dpkg's status file has `Description: … \n …` with the blank at the first line's end.
  @Test func trimsAFieldWhereDpkgDoes() throws {
    let text = "Version:  1 \t\nDescription: first \n second \t\n"
    let stanza = try #require(try ControlFile(parsing: text, name: "x.deb").stanzas.first)
    #expect(stanza["Version"] == "1")
    #expect(stanza["Description"] == "first \n second")
  }

  @Test(arguments: [
    (" continuation", 1), ("A: 1\nno field\n", 2), ("A: 1\nB: 2\na: 3\n", 3), ("A B: 1", 1),
    (": x", 1),
  ])
  func namesTheLine(_ text: String, _ line: Int) throws {
    let error = #expect(throws: PackageError.self) {
      _ = try ControlFile(parsing: text, name: "x.deb")
    }
    #expect(error?.code == .badControl)
    #expect(error?.place == "control:\(line)")
  }
}

import Testing

@testable import Packages

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

  /// A field of nothing but a colon made kiln crash.
  @Test(arguments: [":", "a, :any", ": (>= 1)"])
  func aRelationWithoutANameIsRefused(_ field: String) {
    let error = #expect(throws: PackageError.self) {
      _ = try Relation.list(field, package: "x")
    }
    #expect(error?.code == .badControl)
  }

  /// Joining each line to the text so far would take hours.
  @Test func readsManyLinesAndFieldsInOneGo() throws {
    let long = "Description: x\n" + String(repeating: " line\n", count: 200_000)
    let many = (0..<20_000).map { "Field-\($0): x\n" }.joined()
    let file = try ControlFile(parsing: long + many, name: "x.deb")
    #expect(file.stanzas.first?.fields.count == 20_001)
  }
}

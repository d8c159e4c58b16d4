import Accelerators
import Platform
import Testing

@testable import DirectML

@Suite struct ExplanationTests {
  @Test func whatIsSaidIsUsedAndWhatIsUsedIsSaid() throws {
    var explained: [String] = []
    for line in DirectMLExplanations.text.split(separator: "\n")
    where line.wholeMatch(of: /G[0-9]{4}/) != nil {
      explained.append(String(line))
    }
    let package = Machine(root: Built.package, environment: [:])
    var used: Set<String> = []
    for folder in ["", "/Libraries", "/Device", "/Checks", "/Operators"] {
      let path = "/Sources/SmokeTest/DirectML" + folder
      for name in try package.list(path) where name.hasSuffix(".swift") {
        let text = package.text(path + "/" + name) ?? ""
        used.formUnion(text.matches(of: /"(G3[0-9]{3})"/).map { String($0.1) })
      }
    }
    #expect(used.sorted() == explained)
    for code in explained {
      let trouble = Trouble(code, "one", "two", "three")
      #expect(trouble.seen.count > 5 && trouble.remedy.count > 20, "\(code)")
      #expect(!(trouble.seen + trouble.remedy).contains(/[{}\n]/), "\(code)")
    }
  }
}

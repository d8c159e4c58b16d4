import Accelerators
import Platform
import Testing

@testable import Diagnosis

/// `docs/gpu-troubleshooting.md` explains every code of the smoke test, and no other.
@Suite struct TroubleshootingTests {
  private static let package = Machine(
    root: #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined(), environment: [:])

  /// Every Swift source below the folder.
  private func sources(_ folder: String) throws -> [String] {
    var texts: [String] = []
    for name in try Self.package.list(folder) {
      let path = folder + "/" + name
      if Self.package.status(path)?.kind == .folder {
        texts += try sources(path)
      } else if name.hasSuffix(".swift") {
        texts.append(try #require(Self.package.text(path, limit: 1 << 20)))
      }
    }
    return texts
  }

  private var explained: [String] {
    var explained: [String] = []
    for line in Explanations.text.split(separator: "\n")
    where line.wholeMatch(of: /G[0-9]{4}/) != nil {
      explained.append(String(line))
    }
    return explained
  }

  @Test func everyCodeHasASection() throws {
    let page = try #require(Self.package.text("/docs/gpu-troubleshooting.md", limit: 1 << 20))
    let documented = page.matches(of: /(?m)^### (G[0-9]{4})$/).map { String($0.1) }
    let used = try sources("/Sources/SmokeTest").flatMap { text in
      text.matches(of: /"(G[0-9]{4})"/).map { String($0.1) }
        + text.matches(of: /(?m)^ *(G[0-9]{4})$/).map { String($0.1) }
    }
    #expect(used.count > 60)
    let defined = Set(used)
    #expect(defined.subtracting(documented).sorted() == [], "not in docs/gpu-troubleshooting.md")
    #expect(Set(documented).subtracting(defined).sorted() == [], "documented, but nowhere defined")
    #expect(documented == documented.sorted())
    #expect(documented.count == Set(documented).count)
  }

  @Test func whatIsSaidIsUsedAndWhatIsUsedIsSaid() throws {
    let used = Set(
      try sources("/Sources/SmokeTest/Diagnosis").flatMap { text in
        text.matches(of: /"(G1[0-9]{3})"/).map { String($0.1) }
      })
    #expect(used == Set(explained))
    #expect(explained.count == used.count)
    for code in explained {
      let trouble = Trouble(code, "one", "two", "three")
      #expect(trouble.seen.count > 5 && trouble.remedy.count > 5, "\(code)")
      #expect(!(trouble.seen + trouble.remedy).contains(/[{}\n]/), "\(code)")
    }
  }

  @Test func thePageStatesTheTolerances() throws {
    let page = try #require(Self.package.text("/docs/gpu-troubleshooting.md", limit: 1 << 20))
    let text = page.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("first \(Judgement.comparedSteps) steps"))
    #expect(text.contains("within 1e-4") && Judgement.lossTolerance == 1e-4)
    #expect(text.contains("within 1e-3") && Judgement.weightTolerance == 1e-3)
    #expect(text.contains("97 %") && Judgement.accuracy == 0.97)
    #expect(text.contains("\(Judgement.factor) times"))
  }
}

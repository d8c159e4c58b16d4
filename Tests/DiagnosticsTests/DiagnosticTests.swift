import Diagnostics
import Testing

@Suite struct NearestTests {
  @Test(arguments: [
    ("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xabc", 1),
    ("abc", "abd", 1), ("abc", "cab", 2), ("kitten", "sitting", 3), ("", "abc", 3),
  ])
  func countsTheEdits(left: String, right: String, distance: Int) {
    #expect(editDistance(Array(left), Array(right)) == distance)
    #expect(editDistance(Array(right.utf8), Array(left.utf8)) == distance)
  }

  @Test func takesTheNearestAndNothingFar() {
    let keys = ["packages", "python", "preferences"]
    #expect(nearest(to: "pakages", among: keys) == "packages")
    #expect(nearest(to: "PYTHON_", among: keys) == "python")
    #expect(nearest(to: "wsl", among: keys) == nil)
  }
}

@Suite struct DiagnosticTests {
  @Test func rendersPlaceExcerptAndCaret() {
    let diagnostic = Diagnostic(
      code: "K1104", message: "unknown key `packges`",
      place: .init(file: "a.yaml", line: 12, column: 3, excerpt: "  packges: [sudo]"),
      reason: "a recipe has no such key", remedy: "write `packages`")
    #expect(
      diagnostic.rendered() == """
        error[K1104]: unknown key `packges`
          --> a.yaml:12:3
          12 |   packges: [sudo]
             |   ^
          why: a recipe has no such key
          try: write `packages`
        """)
  }

  @Test func caretStandsUnderTheColumnAfterTabsAndWideText() {
    let place = Diagnostic.Place(file: "a", line: 1, column: 3, excerpt: "\té: x")
    let lines = Diagnostic(code: "K1", message: "m", place: place).rendered().split(separator: "\n")
    #expect(lines.last == "    | \t ^")
  }

  /// - Parameter column: of the `x` in a line of dashes.
  @Test(arguments: [1, 60, 500_000, 999_999, 1_000_000])
  func cutsALongLineAroundTheCaret(column: Int) {
    let line =
      String(repeating: "-", count: column - 1) + "x"
      + String(repeating: "-", count: 1_000_000 - column)
    let place = Diagnostic.Place(file: "a", line: 1, column: column, excerpt: line)
    let lines = Diagnostic(code: "K1", message: "m", place: place).rendered().split(separator: "\n")
    #expect(lines.count == 4 && lines.allSatisfy { $0.count < 200 })
    #expect(Array(lines[2])[lines[3].count - 1] == "x")
    #expect(lines[2].hasPrefix("  1 | …") == (column > 81))
    #expect(lines[2].hasSuffix("…") == (column < 999_900))
  }

  @Test func aColumnBehindALongLineIsItsEnd() {
    let line = String(repeating: "-", count: 1000)
    let place = Diagnostic.Place(file: "a", line: 1, column: 5000, excerpt: line)
    let lines = Diagnostic(code: "K1", message: "m", place: place).rendered().split(separator: "\n")
    #expect(lines[3].count == lines[2].count + 1)
  }

  @Test func sendsNoCommandsToTheTerminal() {
    let evil = "a\u{1B}]0;x\u{7}b\u{9B}c"
    let text = Diagnostic(
      code: "K1", message: evil, place: .init(file: evil, line: 1, column: 1, excerpt: evil),
      reason: evil, remedy: evil
    ).rendered()
    #expect(!text.unicodeScalars.contains { "\u{1B}\u{7}\u{9B}".unicodeScalars.contains($0) })
    #expect(text.split(separator: "\n").count == 6)
  }

  @Test func aNameIsOneLine() {
    let evil = "a\nerror[K1]: fake"
    let text = Diagnostic(code: "K1", message: evil, place: .init(file: evil)).rendered()
    #expect(text.split(separator: "\n").count == 2)
    #expect("a\u{1B}[2Jb\tc\nd".harmlessLine == "a\u{FFFD}[2Jb\tc\u{FFFD}d")
    #expect("a\u{1B}\n".harmless == "a\u{FFFD}\n")
  }

  @Test func indentsTheFollowingLinesOfAReason() {
    let text = Diagnostic(code: "K1", message: "m", reason: "one\ntwo").rendered()
    #expect(text == "error[K1]: m\n  why: one\n       two")
    let ended = Diagnostic(code: "K1", message: "m", reason: "one\n\ntwo\n  \n").rendered()
    #expect(ended == "error[K1]: m\n  why: one\n       \n       two")
  }

  @Test func paintsOnlyWhenAsked() {
    let diagnostic = Diagnostic(severity: .warning, code: "K1", message: "m")
    #expect(diagnostic.rendered() == "warning[K1]: m")
    #expect(diagnostic.rendered(color: true).contains("\u{1B}[1;33m"))
  }
}

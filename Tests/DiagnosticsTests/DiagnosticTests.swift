import Diagnostics
import Testing

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

  @Test func indentsTheFollowingLinesOfAReason() {
    let text = Diagnostic(code: "K1", message: "m", reason: "one\ntwo").rendered()
    #expect(text == "error[K1]: m\n  why: one\n       two")
  }

  @Test func paintsOnlyWhenAsked() {
    let diagnostic = Diagnostic(severity: .warning, code: "K1", message: "m")
    #expect(diagnostic.rendered() == "warning[K1]: m")
    #expect(diagnostic.rendered(color: true).contains("\u{1B}[1;33m"))
  }
}

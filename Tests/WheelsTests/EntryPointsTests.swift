import Testing

@testable import Wheels

@Suite struct EntryPointsTests {
  @Test func ofTwoWithOneNameTheLastCounts() throws {
    let points = try EntryPoints(
      parsing: "[console_scripts]\na = m:one\nb = m:two\na = m:three\n[gui_scripts]\na = m:four\n",
      wheel: "plain")
    #expect(points.console.map(\.name) == ["b", "a"])
    #expect(points.console.map(\.function) == ["two", "three"])
    #expect(points.gui.map(\.function) == ["four"])
  }

  /// To look through all others for each would take minutes.
  @Test(.timeLimit(.minutes(1))) func readsManyInOneGo() throws {
    let lines = (0..<60_000).map { "c\($0) = a:b\n" }.joined()
    let points = try EntryPoints(parsing: "[console_scripts]\n" + lines + lines, wheel: "plain")
    #expect(points.console.count == 60_000)
  }
}

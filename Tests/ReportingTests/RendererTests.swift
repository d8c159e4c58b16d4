import Builds
import Content
import Digests
import Locks
import Reporting
import Testing

@Suite struct RendererTests {
  private func state(_ events: [(Int64, ProgressEvent)]) -> ProgressState {
    var state = ProgressState()
    for (now, event) in events { state.apply(event, now: now) }
    return state
  }

  @Test func aTerminalShowsFinishedAndRunningStages() {
    let state = state([
      (0, .started(.resolve, total: nil, unit: .items)), (1200, .finished(.resolve, reused: true)),
      (1200, .started(.fetch, total: 4_000_000, unit: .bytes)),
      (2200, .advanced(.fetch, done: 1_000_000, item: "libc6.deb")),
    ])
    #expect(
      TerminalRenderer(width: 80, color: false).lines(state, now: 3200) == [
        "↺ resolve   1.2 s     reused",
        "▸ fetch     2.0 s     [█████···············] 1.0 MB of 4.0 MB  libc6.deb",
      ])
  }

  @Test func noLineIsWiderThanTheTerminal() {
    let state = state([
      (0, .started(.steps, total: nil, unit: .items)),
      (1, .advanced(.steps, done: 1, item: String(repeating: "ä", count: 200))),
      (2, .output(.steps, "\u{1B}[2J" + String(repeating: "x", count: 200))),
    ])
    for line in TerminalRenderer(width: 60, color: false).lines(state, now: 9) {
      #expect(line.unicodeScalars.count <= 60)
      #expect(!line.contains("\u{1B}"))
    }
  }

  @Test func aLogGetsAtMostOneLineASecondWithinAStage() {
    var renderer = PlainRenderer()
    var state = ProgressState()
    var lines: [String] = []
    func send(_ event: ProgressEvent, at now: Int64) {
      state.apply(event, now: now)
      if let line = renderer.line(for: event, state: state, now: now) { lines.append(line) }
    }
    send(.started(.unpack, total: 157, unit: .items), at: 0)
    for now in stride(from: Int64(0), through: 2500, by: 100) {
      send(.advanced(.unpack, done: now / 100, item: "p\(now)"), at: now)
    }
    send(.finished(.unpack, reused: false), at: 2600)
    #expect(
      lines == [
        "unpack: started (157)", "unpack: 10 of 157 p1000", "unpack: 20 of 157 p2000",
        "unpack: done in 2.6 s",
      ])
  }

  @Test func aLogGetsNoEmptyLines() {
    var renderer = PlainRenderer()
    let state = state([(0, .started(.steps, total: nil, unit: .items))])
    #expect(renderer.line(for: .output(.steps, " \t"), state: state, now: 5000) == nil)
    #expect(renderer.line(for: .output(.steps, "x"), state: state, now: 5000) == "steps: x")
  }

  @Test(arguments: [(Int64(10), "about 11 B needed, 10 B free: too little"), (20, "20 B free")])
  func aPlanSaysWhereThereIsNoRoom(free: Int64, text: String) {
    let plan = BuildPlan(
      recipe: "a", lock: "fresh", packages: 0, wheels: 0, archives: 0, toFetch: [], toUnpack: 0,
      madeFrom: nil, spaceNeeded: 11, spaceFree: free)
    #expect(SummaryText.render(plan).hasSuffix(text))
  }

  @Test func nothingOfAnEventCommandsATerminal() {
    let escape = "a\u{1B}]0;x\u{7}\u{9B}2J"
    let events: [ProgressEvent] = [
      .advanced(.steps, done: 1, item: escape), .output(.steps, escape),
      .noticed(code: "K1", message: escape),
    ]
    let shown = "a\u{FFFD}]0;x\u{FFFD}\u{FFFD}2J"
    #expect(
      events.map(\.harmless) == [
        .advanced(.steps, done: 1, item: shown), .output(.steps, shown),
        .noticed(code: "K1", message: shown),
      ])
  }

  @Test func nothingOfAReportCommandsATerminal() {
    let escape = "a\u{1B}[2J"
    let plan = BuildPlan(
      recipe: escape, lock: "fresh", packages: 0, wheels: 0, archives: 0, toFetch: [],
      toUnpack: 0, madeFrom: escape, spaceNeeded: 11, spaceFree: 20)
    #expect(!SummaryText.render(plan).contains("\u{1B}"))
    let lock = Lock(
      recipe: "a", recipeDigest: SHA256Digest(ofText: ""), architecture: .amd64, date: 0,
      artifacts: [], requested: [])
    let report = LockReport(
      recipe: "a", path: escape, wasFresh: false, written: true,
      difference: LockDifference(from: lock, to: lock))
    #expect(SummaryText.render(report) == "a\u{FFFD}[2J: written")
  }

  @Test func jsonLinesCarryTheEvent() {
    #expect(
      JSONRenderer.line(for: .advanced(.fetch, done: 7, item: "a/b"), now: 5)
        == #"{"done":7,"event":"advanced","item":"a/b","stage":"fetch","time":5}"#)
  }

  @Test(arguments: [(Int64(0), "0.0 s"), (12_340, "12.3 s"), (185_000, "3 min 05 s")])
  func timesReadAsPeopleWriteThem(milliseconds: Int64, text: String) {
    #expect(elapsedText(milliseconds: milliseconds) == text)
  }
}

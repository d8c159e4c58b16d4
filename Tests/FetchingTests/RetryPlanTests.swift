import Testing

@testable import Fetching

@Suite struct RetryPlanTests {
  private let later = RetryPlan.Outcome.temporary(retryAfter: nil, progressed: false)

  /// What the plan does while `outcome` answers each attempt; a pause is "wait 500".
  private func steps(
    _ plan: RetryPlan, jitter: Double = 1, _ outcome: (Int) -> RetryPlan.Outcome
  ) -> [String] {
    var plan = plan
    var steps: [String] = []
    while steps.count < 200 {
      switch plan.next(jitter: jitter) {
      case .attempt(let mirror, let fresh):
        steps.append(fresh ? "\(mirror) fresh" : "\(mirror)")
        plan.record(outcome(mirror))
      case .wait(let milliseconds): steps.append("wait \(milliseconds)")
      case .stop: return steps
      }
    }
    return steps
  }

  @Test func backsOffBetweenRounds() {
    #expect(
      steps(RetryPlan(mirrors: 1)) { _ in later } == [
        "0", "wait 500", "0", "wait 1000", "0", "wait 2000", "0", "wait 4000", "0",
      ])
    #expect(
      steps(RetryPlan(mirrors: 1, limits: .init(rounds: 3)), jitter: 0) { _ in later } == [
        "0", "wait 250", "0", "wait 500", "0",
      ])
  }

  @Test func goesThroughTheMirrorsBeforeItWaits() {
    let plan = RetryPlan(mirrors: 3, limits: .init(rounds: 2))
    #expect(steps(plan) { _ in later } == ["0", "1", "2", "wait 500", "0", "1", "2"])
  }

  @Test func dropsAMirrorThatLacksTheFile() {
    let plan = RetryPlan(mirrors: 3, limits: .init(rounds: 2))
    #expect(
      steps(plan) { $0 == 1 ? .absent : later } == ["0", "1", "2", "wait 500", "0", "2"])
    #expect(steps(plan) { $0 == 2 ? .absent : later } == ["0", "1", "2", "wait 500", "0", "1"])
    #expect(steps(plan) { _ in .absent } == ["0", "1", "2"])
    #expect(steps(RetryPlan(mirrors: 0)) { _ in .absent } == [])
  }

  @Test func waitsAsLongAsTheServerAsks() {
    let plan = RetryPlan(mirrors: 1, limits: .init(rounds: 2))
    #expect(
      steps(plan) { _ in .temporary(retryAfter: 7, progressed: false) } == ["0", "wait 7000", "0"])
    #expect(steps(plan) { _ in .temporary(retryAfter: 9999, progressed: false) } == ["0"])
  }

  @Test func goesOnWhereBytesCome() {
    let plan = RetryPlan(mirrors: 2, limits: .init(rounds: 1, resumptions: 2))
    #expect(
      steps(plan) { _ in .temporary(retryAfter: nil, progressed: true) } == [
        "0", "wait 500", "0", "wait 500", "0", "1",
      ])
  }

  @Test func waitsOnceForWhatWasAskedOnce() {
    var isFirst = true
    let steps = steps(RetryPlan(mirrors: 1, limits: .init(rounds: 3))) { _ in
      defer { isFirst = false }
      return .temporary(retryAfter: isFirst ? 7 : nil, progressed: false)
    }
    #expect(steps == ["0", "wait 7000", "0", "wait 1000", "0"])
  }

  @Test func triesAMismatchOnceMoreElsewhere() {
    #expect(
      steps(RetryPlan(mirrors: 3)) { _ in .mismatch(resumed: false) } == [
        "0", "1 fresh", "2 fresh", "0 fresh",
      ])
    #expect(
      steps(RetryPlan(mirrors: 2)) { $0 == 0 ? .mismatch(resumed: false) : .absent } == [
        "0", "1 fresh", "wait 500", "0 fresh",
      ])
    #expect(
      steps(RetryPlan(mirrors: 1)) { _ in .mismatch(resumed: false) } == ["0", "0 fresh"])
  }

  @Test func beginsAgainBeforeItBlamesAMirrorForAnOldPart() {
    var isFirst = true
    let steps = steps(RetryPlan(mirrors: 2)) { _ in
      defer { isFirst = false }
      return .mismatch(resumed: isFirst)
    }
    #expect(steps == ["0", "0 fresh", "1 fresh"])
  }

  @Test func neverWaitsLongerThanItsLimit() {
    let plan = RetryPlan(mirrors: 1, limits: .init(rounds: 40))
    #expect(steps(plan) { _ in later }.max { $0.count < $1.count } == "wait 16000")
    #expect(steps(plan) { _ in later }.contains("wait 30000"))
  }
}

internal import Accelerators
internal import Platform

extension Report {
  /// The report as JUnit's XML, which CI servers read: a test case for each stage, and one for the
  /// verdict, so that a run without a GPU shows as skipped.
  public var junit: String {
    let cases = Writer()
    var (failures, skips) = (0, 0)
    func count(_ result: TestResult) {
      failures += result == .failed ? 1 : 0
      skips += result == .skipped ? 1 : 0
    }
    for outcome in outcomes { count(cases.putCase(outcome)) }
    cases.openCase("verdict", nanoseconds)
    count(cases.putVerdict(self))
    cases.put("    </testcase>\n")

    let writer = Writer()
    writer.put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")
    writer.put("  <testsuite name=\"gpu-smoke-test\" tests=\"")
    writer.put(outcomes.count + 1)
    writer.put("\" failures=\"")
    writer.put(failures)
    writer.put("\" errors=\"0\" skipped=\"")
    writer.put(skips)
    writer.put("\" time=\"")
    writer.put(fixed(Double(nanoseconds) / 1e9, digits: 3))
    writer.put("\">\n")
    writer.put(cases.text)
    writer.put("  </testsuite>\n</testsuites>\n")
    return writer.text
  }
}

private enum TestResult {
  case passed
  case failed
  case skipped
}

extension Writer {
  fileprivate func openCase(_ name: String, _ nanoseconds: UInt64) {
    put("    <testcase classname=\"gpu-smoke-test\" name=\"")
    putEscaped(name)
    put("\" time=\"")
    put(fixed(Double(nanoseconds) / 1e9, digits: 3))
    put("\">\n")
  }

  fileprivate func putCase(_ outcome: Outcome) -> TestResult {
    let device = outcome.device.map { ", device " + decimal($0) } ?? ""
    openCase(outcome.stage.name + device, outcome.nanoseconds)
    let result = putResult(outcome.state)
    if !outcome.facts.isEmpty {
      put("      <system-out>")
      for fact in outcome.facts {
        putEscaped(fact.name)
        put(": ")
        putEscaped(fact.value.shown)
        put("\n")
      }
      put("</system-out>\n")
    }
    if case .warned(let trouble) = outcome.state {
      put("      <system-err>")
      putEscaped(trouble.line)
      put("</system-err>\n")
    }
    put("    </testcase>\n")
    return result
  }

  private func putResult(_ state: Outcome.State) -> TestResult {
    switch state {
    case .passed, .warned: .passed
    case .failed(let trouble): putFailure(trouble)
    case .absent(let trouble): putSkip(trouble.line)
    case .skipped(let reason): putSkip(reason)
    case .notReached: putSkip("an earlier stage ended the test")
    }
  }

  fileprivate func putVerdict(_ report: Report) -> TestResult {
    switch (report.verdict, report.trouble) {
    case (.passed, _): .passed
    case (.failed, let trouble?): putFailure(trouble)
    case (.emulated, _): putSkip("the device only acts as a GPU")
    case (_, let trouble): putSkip(trouble?.line ?? "no GPU was tested")
    }
  }

  private func putFailure(_ trouble: Trouble) -> TestResult {
    put("      <failure type=\"")
    putEscaped(trouble.code)
    put("\" message=\"")
    putEscaped(trouble.line)
    put("\">")
    putEscaped(trouble.remedy)
    put("</failure>\n")
    return .failed
  }

  private func putSkip(_ reason: String) -> TestResult {
    put("      <skipped message=\"")
    putEscaped(reason)
    put("\"/>\n")
    return .skipped
  }
}

extension Trouble {
  /// The code and what was seen.
  var line: String { code + ": " + seen }
}

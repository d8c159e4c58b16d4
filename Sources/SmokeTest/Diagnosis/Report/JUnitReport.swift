internal import Accelerators
internal import Platform

extension Report {
  /// The report as JUnit's XML, which CI servers read: a test case for each stage, and one for the
  /// verdict, so that a run without a GPU shows as skipped.
  public var junit: String {
    let cases = outcomes.map(testCase) + [verdictCase]
    let failures = cases.count { $0.has("<failure ") }
    let skips = cases.count { $0.has("<skipped ") }
    let head =
      "<testsuite name=\"gpu-smoke-test\" tests=\"\(cases.count)\" failures=\"\(failures)\" "
      + "errors=\"0\" skipped=\"\(skips)\" time=\"\(seconds(nanoseconds))\">"
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  " + head + "\n"
      + joined(cases, "") + "  </testsuite>\n</testsuites>\n"
  }

  private func testCase(_ outcome: Outcome) -> String {
    let device = outcome.device.map { ", device \($0)" } ?? ""
    return testCase(outcome.stage.name + device, outcome.nanoseconds, body(outcome))
  }

  private func body(_ outcome: Outcome) -> String {
    let facts = outcome.facts.map { $0.name + ": " + $0.value.shown }
    let output =
      facts.isEmpty ? "" : "      <system-out>" + escaped(joined(facts, "\n")) + "</system-out>\n"
    switch outcome.state {
    case .passed: return output
    case .warned(let trouble):
      return output + "      <system-err>" + escaped(trouble.line) + "</system-err>\n"
    case .failed(let trouble): return failure(trouble) + output
    case .absent(let trouble): return skip(trouble.line) + output
    case .skipped(let reason): return skip(reason) + output
    case .notReached: return skip("an earlier stage ended the test")
    }
  }

  private var verdictCase: String {
    let body =
      switch verdict {
      case .passed: ""
      case .failed: trouble.map(failure) ?? ""
      case .skipped: skip(trouble?.line ?? "no GPU was tested")
      case .emulated: skip("the device only acts as a GPU")
      }
    return testCase("verdict", nanoseconds, body)
  }

  private func testCase(_ name: String, _ nanoseconds: UInt64, _ body: String) -> String {
    let head =
      "    <testcase classname=\"gpu-smoke-test\" name=\"\(escaped(name))\" "
      + "time=\"\(seconds(nanoseconds))\""
    return body.isEmpty ? head + "/>\n" : head + ">\n" + body + "    </testcase>\n"
  }

  private func failure(_ trouble: Trouble) -> String {
    "      <failure type=\"\(escaped(trouble.code))\" message=\"\(escaped(trouble.line))\">"
      + escaped(trouble.remedy) + "</failure>\n"
  }

  private func skip(_ reason: String) -> String {
    "      <skipped message=\"\(escaped(reason))\"/>\n"
  }

  private func seconds(_ nanoseconds: UInt64) -> String {
    fixed(Double(nanoseconds) / 1e9, digits: 3)
  }
}

extension Trouble {
  /// The code and what was seen.
  var line: String { code + ": " + seen }
}

/// `text` for XML 1.0, in an element or between double quotes; characters that XML cannot have, and
/// those that a terminal obeys, are left out.
func escaped(_ text: String) -> String {
  var scalars = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x26: scalars.append(contentsOf: "&amp;".unicodeScalars)
    case 0x3C: scalars.append(contentsOf: "&lt;".unicodeScalars)
    case 0x3E: scalars.append(contentsOf: "&gt;".unicodeScalars)
    case 0x22: scalars.append(contentsOf: "&quot;".unicodeScalars)
    case 0x0A: scalars.append(scalar)
    case 0..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF: break
    default: scalars.append(scalar)
    }
  }
  return String(scalars)
}

internal import Accelerators
internal import Platform

extension Report {
  /// The report as JSON (RFC 8259), one line for each stage, as `gpu-smoke-test.schema.json` in
  /// `docs/` describes it.
  public var json: String {
    var lines = [
      "  \"report\": 1",
      "  \"version\": " + quoted(version),
      "  \"task\": " + quoted(isSelfCheck ? "self-check" : "test"),
      "  \"backend\": " + quoted(backend.name),
      "  \"level\": " + quoted(level.name),
      "  \"verdict\": " + quoted(verdict.name),
      "  \"exitStatus\": \(exitStatus)",
      "  \"seconds\": " + seconds(nanoseconds),
    ]
    let stages = outcomes.map { "    " + json($0) }
    lines.append("  \"stages\": [\n" + joined(stages, ",\n") + "\n  ]")
    return "{\n" + joined(lines, ",\n") + "\n}\n"
  }

  private func json(_ outcome: Outcome) -> String {
    var members = [
      "\"stage\": " + quoted(outcome.stage.name), "\"state\": " + quoted(outcome.state.name),
    ]
    if let device = outcome.device { members.append("\"device\": \(device)") }
    if outcome.state != .notReached {
      members.append("\"seconds\": " + seconds(outcome.nanoseconds))
    }
    if case .skipped(let reason) = outcome.state { members.append("\"reason\": " + quoted(reason)) }
    if !outcome.facts.isEmpty { members.append("\"facts\": {" + facts(outcome.facts) + "}") }
    if let trouble = outcome.trouble {
      members.append(
        "\"trouble\": {\"code\": " + quoted(trouble.code) + ", \"seen\": " + quoted(trouble.seen)
          + ", \"remedy\": " + quoted(trouble.remedy) + "}")
    }
    return "{" + joined(members, ", ") + "}"
  }

  /// A second fact of a name gets a number, since the keys of an object are unique.
  private func facts(_ facts: [Fact]) -> String {
    var seen: [String] = []
    return joined(
      facts.map { fact in
        let earlier = seen.count { $0 == fact.name }
        seen.append(fact.name)
        let name = earlier == 0 ? fact.name : fact.name + "-\(earlier + 1)"
        return quoted(name) + ": " + value(fact.value)
      }, ", ")
  }

  private func value(_ value: Fact.Value) -> String {
    switch value {
    case .text(let text): quoted(text)
    case .count(let count): "\(count)"
    case .quantity(let value, let unit):
      "{\"value\": " + number(value) + ", \"unit\": " + quoted(unit) + "}"
    }
  }

  /// JSON has no word for what is not a number or not finite.
  private func number(_ value: Double) -> String {
    value.isFinite ? significant(value, digits: 9) : "null"
  }

  private func seconds(_ nanoseconds: UInt64) -> String {
    fixed(Double(nanoseconds) / 1e9, digits: 6)
  }
}

/// `text` as a JSON string.
func quoted(_ text: String) -> String {
  var bytes: [UInt8] = [0x22]
  for byte in text.utf8 {
    switch byte {
    case 0x22, 0x5C: bytes += [0x5C, byte]
    case 0x0A: bytes += [0x5C, UInt8(ascii: "n")]
    case 0..<0x20, 0x7F:
      let digits = Array("0123456789abcdef".utf8)
      bytes += "\\u00".utf8
      bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    default: bytes.append(byte)
    }
  }
  bytes.append(0x22)
  return String(decoding: bytes, as: UTF8.self)
}

/// The texts with `separator` between them.
func joined(_ texts: [String], _ separator: String) -> String {
  var whole = ""
  for (index, text) in texts.enumerated() {
    if index > 0 { whole += separator }
    whole += text
  }
  return whole
}

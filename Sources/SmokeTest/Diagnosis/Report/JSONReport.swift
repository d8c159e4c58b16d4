internal import Accelerators
internal import Platform

extension Report {
  /// The report as JSON (RFC 8259), one line for each stage, as `gpu-smoke-test.schema.json` in
  /// `docs/` describes it.
  public var json: String {
    let writer = Writer()
    writer.put("{\n  \"report\": 1")
    writer.putLine("version", version)
    writer.putLine("task", isSelfCheck ? "self-check" : "test")
    writer.putLine("backend", backend.name)
    writer.putLine("level", level.name)
    writer.putLine("verdict", verdict.name)
    writer.put(",\n  \"exitStatus\": ")
    writer.put(Int(exitStatus))
    writer.put(",\n  \"seconds\": ")
    writer.put(fixed(Double(nanoseconds) / 1e9, digits: 6))
    writer.put(",\n  \"stages\": [")
    for (index, outcome) in outcomes.enumerated() {
      writer.put(index == 0 ? "\n    " : ",\n    ")
      writer.putJSON(outcome)
    }
    writer.put("\n  ]\n}\n")
    return writer.text
  }
}

extension Writer {
  /// A member of the report itself.
  @inline(never)
  fileprivate func putLine(_ name: String, _ value: String) {
    put(",\n  ")
    putMember(name, value, first: true)
  }

  fileprivate func putJSON(_ outcome: Outcome) {
    put("{")
    putMember("stage", outcome.stage.name, first: true)
    putMember("state", outcome.state.name)
    if let device = outcome.device {
      put(", \"device\": ")
      put(device)
    }
    if outcome.state != .notReached {
      put(", \"seconds\": ")
      put(fixed(Double(outcome.nanoseconds) / 1e9, digits: 6))
    }
    if case .skipped(let reason) = outcome.state { putMember("reason", reason) }
    putFacts(outcome.facts)
    if let trouble = outcome.trouble {
      put(", \"trouble\": {")
      putMember("code", trouble.code, first: true)
      putMember("seen", trouble.seen)
      putMember("remedy", trouble.remedy)
      put("}")
    }
    put("}")
  }

  /// A second fact of a name gets a number, since the keys of an object are unique.
  private func putFacts(_ facts: [Fact]) {
    if facts.isEmpty { return }
    put(", \"facts\": {")
    for (index, fact) in facts.enumerated() {
      var name = fact.name
      let earlier = facts[..<index].count { $0.name == name }
      if earlier > 0 { name += "-" + decimal(earlier + 1) }
      if index > 0 { put(", ") }
      putQuoted(name)
      put(": ")
      put(fact.value)
    }
    put("}")
  }

  private func put(_ value: Fact.Value) {
    switch value {
    case .text(let text): putQuoted(text)
    case .count(let count): put(count)
    case .quantity(let value, let unit):
      put("{\"value\": ")
      // JSON has no word for what is not a number or not finite.
      put(value.isFinite ? significant(value, digits: 9) : "null")
      putMember("unit", unit)
      put("}")
    }
  }
}

internal import Accelerators
internal import Platform

extension Trouble {
  /// What ``Explanations`` has for `code`, with the values in their places.
  @inline(never)
  init(_ code: String, _ first: String = "", _ second: String = "", _ third: String = "") {
    let entry = Self.entry(code)
    let values = [first, second, third]
    self.init(
      code: code, seen: Self.filled(entry.seen, values), remedy: Self.filled(entry.remedy, values))
  }

  /// The two lines after the code's; empty for a code that is not there, which a test excludes.
  private static func entry(_ code: String) -> (seen: [UInt8], remedy: [UInt8]) {
    let lines = Explanations.text.description.lines
    guard let index = lines.firstIndex(of: code), index + 2 < lines.count else { return ([], []) }
    return (lines[index + 1].bytes, lines[index + 2].bytes)
  }

  /// `{0}` is the first value.
  private static func filled(_ template: [UInt8], _ values: [String]) -> String {
    var text: [UInt8] = []
    var index = 0
    while index < template.count {
      if template[index] == UInt8(ascii: "{"), index + 2 < template.count,
        template[index + 2] == UInt8(ascii: "}")
      {
        let value = Int(template[index + 1]) - 0x30
        if values.indices.contains(value) { text += values[value].bytes }
        index += 3
      } else {
        text.append(template[index])
        index += 1
      }
    }
    return String(bytes: text)
  }
}

/// Facts, put together with little code.
struct Facts {
  private(set) var all: [Fact] = []

  @inline(never)
  mutating func add(_ name: String, _ text: String) { all.append(Fact(name, .text(text))) }

  @inline(never)
  mutating func add(_ name: String, _ count: Int) { all.append(Fact(name, .count(count))) }

  @inline(never)
  mutating func add(_ name: String, _ value: Double, _ unit: String) {
    all.append(Fact(name, .quantity(value, unit: unit)))
  }
}

extension Outcome {
  @inline(never)
  static func failed(
    _ stage: Stage, _ trouble: Trouble, _ facts: Facts = Facts()
  ) -> Outcome {
    Outcome(stage, .failed(trouble), facts.all)
  }

  @inline(never)
  static func warned(
    _ stage: Stage, _ trouble: Trouble, _ facts: Facts = Facts()
  ) -> Outcome {
    Outcome(stage, .warned(trouble), facts.all)
  }

  @inline(never)
  static func absent(
    _ stage: Stage, _ trouble: Trouble, _ facts: Facts = Facts()
  ) -> Outcome {
    Outcome(stage, .absent(trouble), facts.all)
  }

  @inline(never)
  static func passed(_ stage: Stage, _ facts: Facts) -> Outcome {
    Outcome(stage, .passed, facts.all)
  }
}

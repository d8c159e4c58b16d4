internal import Accelerators
internal import Platform

extension Report {
  /// How a text is drawn.
  public struct Style: Sendable {
    /// Colour, bold and dim by the terminal's orders.
    public let isColored: Bool
    /// The longest line; nothing for lines that are not broken.
    public let columns: Int?

    public init(isColored: Bool, columns: Int?) {
      self.isColored = isColored
      self.columns = columns.map { max(40, $0) }
    }

    /// For a program or a log: whole lines without colour.
    public static let plain = Style(isColored: false, columns: nil)
  }

  /// The report for people: the verdict last, where the eye is.
  public func text(_ style: Style) -> String {
    let writer = Writer()
    if let columns = style.columns {
      writeTable(to: writer, style, columns)
    } else {
      writeLines(to: writer)
    }
    writeVerdict(to: writer, style)
    return writer.text
  }

  private func writeLines(to writer: Writer) {
    for outcome in outcomes {
      writer.put(outcome.stage.name)
      if let device = outcome.device { writer.put(" (device " + decimal(device) + ")") }
      writer.put(": ")
      writer.put(outcome.state.name)
      let details = joined(details(outcome), "; ")
      if !details.isEmpty { writer.put(": ") }
      writer.put(details)
      writer.put("\n")
    }
  }

  /// The stage, its state, and what it has to say: beside them where there is room, else below.
  private func writeTable(to writer: Writer, _ style: Style, _ columns: Int) {
    let isWide = columns >= 54
    let indent = isWide ? 23 : 4
    var device: Int?
    for outcome in outcomes where outcome.state != .notReached {
      if let next = outcome.device, next != device {
        writer.put(style.paint("device " + decimal(next), .bold))
        writer.put("\n")
        device = next
      }
      let lines = details(outcome).flatMap { wrapped($0, columns - indent) }
      let label = outcome.state.label
      writer.put("  ")
      writer.put(padded(outcome.stage.name, 14))
      writer.put(style.paint(label, outcome.state.ink))
      for (index, line) in lines.enumerated() {
        let isBeside = isWide && index == 0
        writer.put(isBeside ? blanks(7 - label.bytes.count) : "\n" + blanks(indent))
        writer.put(line)
      }
      writer.put("\n")
    }
    writer.put("\n")
  }

  /// What a stage has to say, each part a line of a table.
  private func details(_ outcome: Outcome) -> [String] {
    let facts = joined(outcome.summary, ", ")
    let saw = facts.isEmpty ? [] : [facts]
    switch outcome.state {
    case .passed: return saw
    case .warned(let trouble), .failed(let trouble), .absent(let trouble):
      return [printable(trouble.line), printable(trouble.remedy)] + saw
    case .skipped(let reason): return [reason]
    case .notReached: return []
    }
  }

  private func writeVerdict(to writer: Writer, _ style: Style) {
    let (word, ink, what) = judgement
    let time = quantity(Double(nanoseconds) / 1e9, unit: "s")
    let text = joined([word, ": ", what, ", in ", time], "")
    for line in wrapped(text, style.columns ?? .max) {
      if let rest = line.after(word + ":") {
        writer.put(style.paint(word, ink))
        writer.put(":" + rest)
      } else {
        writer.put(line)
      }
      writer.put("\n")
    }
  }

  private var judgement: (word: String, ink: Style.Ink, what: String) {
    if isSelfCheck {
      return verdict == .passed
        ? ("RIGHT", .green, "this image is ready for a GPU") : ("WRONG", .red, because)
    }
    return switch verdict {
    case .passed: ("PASSED", .green, proof)
    case .failed: ("FAILED", .red, because)
    case .skipped: ("SKIPPED", .yellow, "nothing was proven: " + because)
    case .emulated:
      ("EMULATED", .yellow, "all is right on a device that only acts as a GPU" + emulation)
    }
  }

  /// Why it only acts so, where the device's stage says it.
  private var emulation: String {
    for outcome in outcomes where outcome.stage == .device {
      if let trouble = outcome.trouble { return ": " + printable(trouble.line) }
    }
    return ""
  }

  private var because: String {
    trouble.map { printable($0.line) }
      ?? (backend == .cpu ? "no GPU was asked for" : "no GPU was tested")
  }

  private var proof: String {
    var name = "the GPU"
    if case .text(let text)? = fact("name", of: .device) { name = printable(text) }
    var times = "1"
    if case .quantity(let factor, _)? = fact("factor", of: .acceleration) {
      times = significant(factor)
    }
    return joined(
      [name, " trains rightly, ", times, " times faster than all the CPU's cores"], "")
  }
}

extension Report.Style {
  enum Ink: String {
    case green = "32"
    case red = "31"
    case yellow = "33"
    case dim = "2"
    case bold = "1"
  }

  func paint(_ text: String, _ ink: Ink) -> String {
    isColored ? joined(["\u{1B}[", ink.rawValue, "m", text, "\u{1B}[0m"], "") : text
  }
}

extension Outcome.State {
  /// In a table; at most seven letters with a blank.
  fileprivate var label: String {
    switch self {
    case .passed: "ok"
    case .warned: "warn"
    case .failed: "FAILED"
    case .absent: "none"
    case .skipped, .notReached: "-"
    }
  }

  fileprivate var ink: Report.Style.Ink {
    switch self {
    case .passed: .green
    case .warned, .absent: .yellow
    case .failed: .red
    case .skipped, .notReached: .dim
    }
  }
}

extension Fact.Value {
  /// For people.
  var shown: String {
    switch self {
    case .text(let text): printable(text)
    case .count(let count): decimal(count)
    case .quantity(let value, let unit): Platform.quantity(value, unit: unit)
    }
  }
}

extension Outcome {
  /// The facts that a person wants of the stage, in few words; JSON has all of them.
  fileprivate var summary: [String] {
    var texts: [String] = []
    for fact in facts where !Self.details.contains(fact.name) && !fact.name.ends(with: "-sha256") {
      if case .text = fact.value, Self.bare.contains(fact.name) {
        texts.append(fact.value.shown)
      } else {
        texts.append(joined(fact.name.split(at: "-"), " ") + " " + fact.value.shown)
      }
    }
    return texts
  }

  /// Texts that need no name before them.
  private static let bare = [
    "system", "kernel", "node", "library", "driver-library", "name", "framework", "version",
  ]

  /// What only a program wants to read.
  private static let details = [
    "clock", "memory-clock", "memory-bus", "l2-cache", "uuid", "luid", "error-correction",
    "first-loss", "last-loss", "loss-tolerance", "weight-tolerance", "step-factor",
    "product-factor", "architectures", "interpreter", "python", "image-cuda-library", "device",
    "required-factor", "loss-error", "weight-error", "steps", "emulated", "integrated",
  ]
}

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
    let table = style.columns == nil ? plainLines : tableLines(style)
    var text = joined(table, "\n") + "\n"
    if style.columns != nil { text += "\n" }
    for line in verdictLines(style) { text += line + "\n" }
    return text
  }

  private var plainLines: [String] {
    outcomes.map { outcome in
      let device = outcome.device.map { " (device \($0))" } ?? ""
      let details = joined(details(outcome), "; ")
      return outcome.stage.name + device + ": " + outcome.state.name
        + (details.isEmpty ? "" : ": " + details)
    }
  }

  private func tableLines(_ style: Style) -> [String] {
    let indent = 23
    var lines: [String] = []
    var device: Int?
    for outcome in outcomes where outcome.state != .notReached {
      if let next = outcome.device, next != device {
        lines.append(style.paint("device \(next)", .bold))
        device = next
      }
      let label = padded(outcome.stage.name, 14) + padded(outcome.state.label, 7)
      let wide = (style.columns ?? 80) - indent
      let details = wide >= 30 ? details(outcome).flatMap { wrapped($0, wide) } : []
      let painted =
        "  " + padded(outcome.stage.name, 14)
        + style.paint(padded(outcome.state.label, 7), outcome.state.ink)
      lines.append(painted + (details.first ?? ""))
      if details.isEmpty, !self.details(outcome).isEmpty {
        // Too narrow for two columns.
        lines += self.details(outcome).flatMap { wrapped($0, (style.columns ?? 80) - 4) }
          .map { "    " + $0 }
      }
      let margin = String(repeating: " ", count: label.utf8.count + 2)
      lines += details.dropFirst().map { margin + $0 }
    }
    return lines.map(trimmedEnd)
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

  private func verdictLines(_ style: Style) -> [String] {
    let time = "in \(quantity(Double(nanoseconds) / 1e9, unit: "s"))"
    let columns = style.columns
    let (word, ink, rest): (String, Style.Ink, String) =
      switch (verdict, isSelfCheck) {
      case (.passed, true): ("RIGHT", .green, "this image is ready for a GPU, \(time)")
      case (_, true): ("WRONG", .red, because + ", " + time)
      case (.passed, _): ("PASSED", .green, proof + ", " + time)
      case (.failed, _): ("FAILED", .red, because + ", " + time)
      case (.skipped, _): ("SKIPPED", .yellow, "nothing was proven: " + because + ", " + time)
      case (.emulated, _):
        ("EMULATED", .yellow, "all is right on a device that only acts as a GPU, \(time)")
      }
    let lines = wrapped(word + ": " + rest, columns ?? .max)
    return lines.enumerated().map { index, line in
      index == 0 ? style.paint(word, ink) + (line.after(word) ?? "") : line
    }
  }

  private var because: String {
    trouble.map { printable($0.line) }
      ?? (backend == .cpu ? "no GPU was asked for" : "no GPU was tested")
  }

  private var proof: String {
    var name = "the GPU"
    if case .text(let text)? = fact("name", of: .device) { name = printable(text) }
    var times = ""
    if case .quantity(let factor, _)? = fact("factor", of: .acceleration) {
      times = " \(significant(factor)) times faster than all the CPU's cores"
    }
    return name + " trains rightly," + times
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
    isColored ? "\u{1B}[" + ink.rawValue + "m" + text + "\u{1B}[0m" : text
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
    case .count(let count): "\(count)"
    case .quantity(let value, let unit): Platform.quantity(value, unit: unit)
    }
  }
}

extension Outcome {
  /// The facts that a person wants of the stage, in few words; JSON has all of them.
  fileprivate var summary: [String] {
    facts.filter { !Self.details.contains($0.name) }.map { fact in
      switch fact.value {
      case .text: Self.bare.contains(fact.name) ? fact.value.shown : named(fact)
      case .count, .quantity: named(fact)
      }
    }
  }

  private func named(_ fact: Fact) -> String {
    joined(fact.name.split(at: "-"), " ") + " " + fact.value.shown
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
    "required-factor", "loss-error", "weight-error", "steps",
  ]
}

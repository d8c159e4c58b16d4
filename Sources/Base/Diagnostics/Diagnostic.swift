/// One thing that kiln has to say about its input or its work: what, where, why, and what to do.
///
/// People read ``rendered(color:)``; programs read the JSON of its fields.
public struct Diagnostic: Hashable, Codable, Sendable {
  public enum Severity: String, Hashable, Codable, Sendable, CaseIterable {
    case error, warning, note
  }

  /// A position in a text file; lines and columns count from 1, columns in Unicode scalars.
  public struct Place: Hashable, Codable, Sendable {
    public let file: String
    public let line: Int?
    public let column: Int?
    /// The text of the line, without its line break.
    public let excerpt: String?

    public init(file: String, line: Int? = nil, column: Int? = nil, excerpt: String? = nil) {
      self.file = file
      self.line = line
      self.column = column
      self.excerpt = excerpt
    }
  }

  public let severity: Severity
  /// Stable, like `K1042`; `docs/errors.md` has a section of each.
  public let code: String
  /// What failed, as one sentence without a full stop.
  public let message: String
  /// The place in a text, or a path or URL as its `file`.
  public let place: Place?
  /// Why it failed, as far as kiln knows: often what another tool printed.
  public let reason: String?
  /// What the reader can do about it.
  public let remedy: String?

  public init(
    severity: Severity = .error, code: String, message: String, place: Place? = nil,
    reason: String? = nil, remedy: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.place = place
    self.reason = reason
    self.remedy = remedy
  }
}

extension Diagnostic {
  /// The text for a terminal or a log: several lines, no trailing line break.
  public func rendered(color: Bool = false) -> String {
    let paint = { (text: String, code: String) in color ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
    let tint = severity == .error ? "1;31" : severity == .warning ? "1;33" : "1;36"
    var lines = [paint("\(severity.rawValue)[\(code)]", tint) + ": " + paint(message, "1")]
    if let place {
      lines.append("  --> " + place.description)
      if let excerpt = place.excerpt, let line = place.line {
        let gutter = String(line)
        lines.append("  \(gutter) | \(excerpt)")
        if let column = place.column {
          lines.append("  \(gutter.map { _ in " " }.joined()) | \(indent(excerpt, column))^")
        }
      }
    }
    if let reason { lines.append(contentsOf: hanging("why", reason)) }
    if let remedy { lines.append(contentsOf: hanging("try", remedy)) }
    return lines.joined(separator: "\n")
  }

  private func indent(_ excerpt: String, _ column: Int) -> String {
    let before = excerpt.unicodeScalars.prefix(max(0, column - 1))
    return String(String.UnicodeScalarView(before.map { $0 == "\t" ? "\t" : " " }))
  }

  private func hanging(_ label: String, _ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
      $0.offset == 0 ? "  \(label): \($0.element)" : "       \($0.element)"
    }
  }
}

extension Diagnostic.Place: CustomStringConvertible {
  public var description: String {
    [file, line.map(String.init), column.map(String.init)].compactMap(\.self)
      .joined(separator: ":")
  }
}

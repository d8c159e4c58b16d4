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

extension Diagnostic.Place: CustomStringConvertible {
  public var description: String {
    [file, line.map(String.init), column.map(String.init)].compactMap(\.self)
      .joined(separator: ":")
  }
}

extension [Diagnostic] {
  /// Their messages and reasons, a line each, where they are the reason of another one; nil of none.
  public var words: String? {
    isEmpty
      ? nil
      : map { [$0.message, $0.reason].compactMap(\.self).joined(separator: ": ") }
        .joined(separator: "\n")
  }
}

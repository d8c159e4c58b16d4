/// What a value of a recipe looks like: the part of its definition that messages, editors and the
/// reference show.
indirect enum Shape: Sendable {
  case text(Text)
  /// Text that may also be written as a number or a boolean, whose spelling counts.
  case spelling(Text)
  case integer(ClosedRange<Int>)
  case boolean
  case list(Shape)
  case map(keys: Text, values: Shape)
  case object(Object)

  struct Text: Hashable, Sendable {
    /// Completes "must be": "a package's name".
    var expected: String
    /// The whole text must match; understood alike by Swift, Python and ECMAScript.
    var pattern: String
    /// The only texts allowed; empty where there are others.
    var choices: [String] = []
    /// What people write in its place, as patterns, with what to do instead.
    var slips: [String: String] = [:]

    /// One line, not empty.
    static let line = #"[^\u0000-\u001F\u007F]+"#
    /// Lines; the one character that no file of text has is NUL.
    static let lines = #"[^\u0000]*"#

    /// What a value of one line may have at most, in Unicode scalars; as long as Linux lets a path
    /// be (`PATH_MAX`). Matching takes memory by the length of what it reads.
    private static let longestLine = 4096

    /// Unicode scalars; nil where any number will do.
    var longest: Int? { pattern == Self.lines ? nil : Self.longestLine }

    /// Whether the pattern says more than what any reasonable text is.
    var isConstrained: Bool {
      !choices.isEmpty || (pattern != Self.line && pattern != Self.lines)
    }
  }

  struct Object: Sendable {
    var keys: [Key]
    /// Of each group exactly one key is there.
    var exactlyOne: [[String]] = []
    /// Keys that need another beside them.
    var requires: [String: String] = [:]
    /// Keys that people try and that do not exist, with what to do instead.
    var refused: [String: String] = [:]
    /// Names that other tools have for keys of this mapping.
    var otherNames: [String: String] = [:]
    /// A mapping as one would write it; empty for one that its keys alone show.
    var example = ""
  }

  struct Key: Sendable {
    var name: String
    /// What it is for: sentences.
    var summary: String
    var shape: Shape
    var isRequired: Bool
    /// What holds where the key is absent.
    var fallback: JSONValue?
    /// The same in words, where other values decide it.
    var computed: String?
  }
}

extension Shape {
  /// Completes "must be".
  var expected: String {
    switch self {
    case .text(let text), .spelling(let text): text.phrase
    case .integer(let range):
      range.count == 1
        ? "the number \(range.lowerBound)"
        : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .boolean: "`true` or `false`"
    case .list(let item): "a list, each item \(item.expected)"
    case .map(let keys, let values): "a mapping from \(keys.phrase) to \(values.expected)"
    case .object(let object):
      "a mapping with the keys " + object.keys.map { "`\($0.name)`" }.joined(separator: ", ")
    }
  }

  /// A mapping, or a list of them, as one would write it; nil for anything else.
  var example: String? {
    switch self {
    case .object(let object):
      object.example.isEmpty ? "{\(object.keys.first?.name ?? ""): …}" : object.example
    case .list(let item): item.example.map { "[\($0)]" }
    case .text, .spelling, .integer, .boolean, .map: nil
    }
  }
}

extension Shape.Text {
  var phrase: String {
    choices.isEmpty ? expected : choices.map { "`\($0)`" }.joined(separator: " or ")
  }
}

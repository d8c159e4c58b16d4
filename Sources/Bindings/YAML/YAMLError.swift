public import Diagnostics

/// A text that is not a YAML document as kiln reads it; holds everything found wrong in one reading.
public struct YAMLError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case syntax = "K1001"
    case empty = "K1002"
    case byteOrderMark = "K1003"
    case notUTF8 = "K1004"
    case controlCharacter = "K1005"
    case tab = "K1006"
    case severalDocuments = "K1007"
    case tag = "K1008"
    case anchor = "K1009"
    case mergeKey = "K1010"
    case duplicateKey = "K1011"
    case keyNotText = "K1012"
    case tooDeep = "K1013"
    case tooLarge = "K1014"
    case directive = "K1015"
    case noMemory = "K1016"
  }

  /// One thing wrong, at one place.
  public struct Problem: Hashable, Sendable {
    public let code: Code
    public let place: Diagnostic.Place
    public let message: String
    public let reason: String?
    public let remedy: String?

    init(
      _ code: Code, at place: Diagnostic.Place, _ message: String, reason: String? = nil,
      remedy: String? = nil
    ) {
      self.code = code
      self.place = place
      self.message = message
      self.reason = reason
      self.remedy = remedy
    }
  }

  /// At least one, in the order of the file.
  public let problems: [Problem]
  /// What could be read in spite of the problems, for a caller that wants to find more of them;
  /// nil where it would not say what the text means to say.
  public let partialTree: Node?

  init(_ problems: [Problem], partialTree: Node? = nil) {
    self.problems = problems
    self.partialTree = partialTree
  }

  public var code: Code { problems.first?.code ?? .syntax }

  public var diagnostics: [Diagnostic] {
    problems.map {
      Diagnostic(
        code: $0.code.rawValue, message: $0.message, place: $0.place, reason: $0.reason,
        remedy: $0.remedy)
    }
  }
}

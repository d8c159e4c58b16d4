internal import Content
public import Diagnostics

/// An image or a manifest that cannot be looked into.
public struct ComparisonError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// It is no image and no manifest, or it is damaged.
    case unreadable = "K6701"
    /// The image has nothing at that path.
    case noSuchPath = "K6702"
    case interrupted = "K6703"
  }

  public let code: Code
  /// The image, the manifest, or the path in it.
  public let subject: String
  public let reason: String?
  public let remedy: String?
  public let causes: [Diagnostic]

  public init(
    _ code: Code, _ subject: String, reason: String? = nil, remedy: String? = nil,
    causes: [Diagnostic] = []
  ) {
    self.code = code
    self.subject = subject
    self.reason = reason
    self.remedy = remedy
    self.causes = causes
  }

  public var diagnostics: [Diagnostic] {
    let message =
      switch code {
      case .unreadable: "\(subject) cannot be read as an image or as a manifest of one"
      case .noSuchPath: "the image has no \(subject)"
      case .interrupted: "interrupted"
      }
    return [
      Diagnostic(
        code: code.rawValue, message: message, place: .init(file: subject),
        reason: reason ?? causes.words, remedy: remedy)
    ]
  }
}

public import Diagnostics
internal import Recipes

/// Why a build, or another of kiln's commands, did not come to its end.
public struct BuildError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// A stage failed; ``diagnostics`` are those of its module.
    case stage = "K8000"
    case lockMissing = "K8001"
    case lockStale = "K8002"
    case noRecipe = "K8003"
    case lockNeedsNetwork = "K8004"
    case noImage = "K8005"
    case smokeTestMissing = "K8007"
    case sameName = "K8008"
    case badDate = "K8009"
    case notLocked = "K8020"
    case recipeNotFound = "K8021"
    case otherInputs = "K8022"
    case noStep = "K8023"
  }

  public let code: Code
  /// The recipe or the image.
  public let subject: String
  public let diagnostics: [Diagnostic]
  /// Whether the user wrote something wrong, rather than the work having failed: exit status 2.
  public let isWrongUse: Bool

  /// A stage's own failure, passed on with its codes.
  public init(_ failure: some Failure, in subject: String) {
    code = .stage
    self.subject = subject
    diagnostics = failure.diagnostics
    isWrongUse = failure is RecipeError
  }

  /// What a lint found before anything was done.
  public init(findings: [Diagnostic], in subject: String) {
    code = .stage
    self.subject = subject
    diagnostics = findings
    isWrongUse = true
  }

  /// What failed for several of the files that a command was given.
  ///
  /// - Parameter findings: what is to be told of the others.
  public init(joining failures: [BuildError], findings: [Diagnostic] = []) {
    code = failures.first?.code ?? .stage
    subject = failures.first?.subject ?? ""
    diagnostics = failures.flatMap(\.diagnostics) + findings
    isWrongUse = failures.contains(where: \.isWrongUse)
  }

  /// A failure of the command itself, not of one of its stages.
  init(_ code: Code, _ subject: String, _ message: String, reason: String? = nil, remedy: String) {
    self.code = code
    self.subject = subject
    diagnostics = [
      Diagnostic(
        code: code.rawValue, message: message, place: .init(file: subject), reason: reason,
        remedy: remedy)
    ]
    isWrongUse = [.noRecipe, .sameName, .badDate, .notLocked, .noStep].contains(code)
  }
}

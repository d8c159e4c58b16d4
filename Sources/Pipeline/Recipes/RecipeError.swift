public import Diagnostics
import FileSystem
import YAML

/// A recipe that kiln cannot use; holds everything found wrong in one reading.
public struct RecipeError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// Not YAML as kiln reads it; the diagnostics carry the codes of the YAML module.
    case notYAML = "K1100"
    case unreadable = "K1101"
    case unsupportedVersion = "K1102"
    case unknownKey = "K1103"
    case missingKey = "K1104"
    case wrongType = "K1105"
    case badValue = "K1106"
    case refusedKey = "K1107"
    case exclusiveKeys = "K1108"
    case duplicate = "K1109"
    case leavesFolder = "K1110"
    case missingFile = "K1111"
    case wrongFileKind = "K1112"
    case extendsCycle = "K1113"
    case unknownVariable = "K1114"
    case nothingToRemove = "K1115"
    case contradiction = "K1116"
    case unknownSetting = "K1117"
  }

  public let code: Code
  /// At least one, in the order in which they were found.
  public let diagnostics: [Diagnostic]

  init(_ code: Code, _ diagnostics: [Diagnostic]) {
    self.code = code
    self.diagnostics = diagnostics
  }

  /// What several diagnostics amount to; the first one decides the code.
  init(_ diagnostics: [Diagnostic]) {
    let first = diagnostics.first?.code ?? ""
    let isYAML = YAMLError.Code(rawValue: first) != nil
    self.init(Code(rawValue: first) ?? (isYAML ? .notYAML : .unreadable), diagnostics)
  }

  init(_ cause: FileError) { self.init(.unreadable, cause.diagnostics) }
}

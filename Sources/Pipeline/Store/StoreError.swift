public import Diagnostics
public import FileSystem
public import SystemPackage

/// Something that the store cannot do, or a download that is not what its digest says.
public struct StoreError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case notADirectory = "K3101"
    case notWritable = "K3102"
    case noSpace = "K3103"
    case sizeMismatch = "K3104"
    case digestMismatch = "K3105"
    case file = "K3106"
    case interrupted = "K3107"
  }

  public let code: Code
  public let path: FilePath
  /// What was expected and what came, for a mismatch.
  public let expected: String?
  public let actual: String?
  public let cause: FileError?

  init(
    _ code: Code, _ path: FilePath, expected: String? = nil, actual: String? = nil,
    cause: FileError? = nil
  ) {
    self.code = code
    self.path = path
    self.expected = expected
    self.actual = actual
    self.cause = cause
  }

  init(_ cause: FileError) {
    let code: Code =
      switch cause.code {
      case .permission, .readOnly: .notWritable
      case .noSpace: .noSpace
      default: cause.cause == .interrupted ? .interrupted : .file
      }
    self.init(code, cause.path, cause: cause)
  }

  public var diagnostics: [Diagnostic] {
    [
      Diagnostic(
        code: code.rawValue, message: message, place: .init(file: path.string), reason: reason,
        remedy: remedy)
    ]
  }

  private var message: String {
    switch code {
    case .notADirectory: "the store is not a folder"
    case .notWritable: "the store cannot be written to"
    case .noSpace: "the store's file system is full"
    case .sizeMismatch: "the download has the wrong size"
    case .digestMismatch: "the download is not what its SHA-256 says"
    case .file: "the store failed"
    case .interrupted: "the work on the store was interrupted"
    }
  }

  private var reason: String? {
    if let expected, let actual { return "expected \(expected)\ngot \(actual)" }
    return cause?.diagnostics.first.map { [$0.message, $0.reason].compactMap(\.self) }?
      .joined(separator: ": ")
  }

  private var remedy: String? {
    switch code {
    case .notADirectory: "remove the file, or name another folder with --store or KILN_STORE"
    case .notWritable:
      "check the folder's owner and mode, or name another with --store or KILN_STORE"
    case .noSpace: "`kiln store gc --days 7` makes room; --store or KILN_STORE name another folder"
    case .file: cause?.diagnostics.first?.remedy
    case .sizeMismatch, .digestMismatch, .interrupted: nil
    }
  }
}

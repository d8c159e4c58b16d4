public import Diagnostics
public import FileSystem
public import SystemPackage

/// A lock file that cannot be read, written or used.
public struct LockError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case file = "K2301"
    case corrupt = "K2302"
    case unknownVersion = "K2303"
    case duplicate = "K2304"
    /// A date, path, source, name or size that kiln would not have written.
    case oddArtifact = "K2305"
  }

  public let code: Code
  public let path: FilePath
  /// The artifact or the field, where one is meant.
  public let subject: String?
  public let reason: String?
  /// What the file system said, of ``Code/file``.
  public let cause: FileError?

  public init(
    _ code: Code, _ path: FilePath, subject: String? = nil, reason: String? = nil,
    cause: FileError? = nil
  ) {
    self.code = code
    self.path = path
    self.subject = subject
    self.reason = reason
    self.cause = cause
  }

  public var diagnostics: [Diagnostic] {
    if let cause { return cause.diagnostics }
    return [
      Diagnostic(
        code: code.rawValue, message: message, place: .init(file: path.string), reason: reason,
        remedy: remedy)
    ]
  }

  private var message: String {
    let subject = subject ?? "an artifact"
    return switch code {
    case .file: "the lock cannot be read or written"
    case .corrupt: "the lock is not a lock file of kiln's"
    case .unknownVersion: "the lock's format version is \(subject), and this kiln knows 1"
    case .duplicate: "the lock lists \(subject) twice"
    case .oddArtifact: "the lock's entry of \(subject) cannot be used"
    }
  }

  private var remedy: String? {
    switch code {
    case .file: nil
    case .corrupt, .duplicate, .oddArtifact:
      "restore it from version control, or remove it and run `kiln lock`"
    case .unknownVersion: "use a newer kiln, or remove the lock and run `kiln lock`"
    }
  }
}

internal import CLinux
public import Diagnostics
public import SystemPackage

/// A file operation that the kernel refused.
public struct FileError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case notFound = "K7001"
    case exists = "K7002"
    case permission = "K7003"
    case noSpace = "K7004"
    case notUTF8 = "K7005"
    case tooLarge = "K7006"
    case readOnly = "K7007"
    /// A file of kiln's own that is not as kiln wrote it.
    case damaged = "K7008"
    case other = "K7009"
  }

  public let code: Code
  /// What was attempted, as a verb: "read", "create the folder".
  public let operation: String
  public let path: FilePath
  public let cause: Errno?

  public init(_ code: Code, _ operation: String, _ path: FilePath, cause: Errno? = nil) {
    self.code = code
    self.operation = operation
    self.path = path
    self.cause = cause
  }

  /// The failure that `errno` stands for.
  public init(_ operation: String, _ path: FilePath, errno: Errno) {
    let code: Code =
      switch errno {
      case .noSuchFileOrDirectory, .notDirectory: .notFound
      case .fileExists, .directoryNotEmpty: .exists
      case .permissionDenied, .notPermitted: .permission
      case .noSpace, .diskQuotaExceeded: .noSpace
      case .readOnlyFileSystem: .readOnly
      default: .other
      }
    self.init(code, operation, path, cause: errno)
  }

  public var diagnostics: [Diagnostic] {
    [
      Diagnostic(
        code: code.rawValue, message: "cannot \(operation) \(Self.shown(path))",
        place: .init(file: Self.shown(path)), reason: cause.map { "\($0)" } ?? reason,
        remedy: remedy)
    ]
  }

  /// A path for people: the kernel's longest would fill their screen.
  public static func shown(_ path: FilePath) -> String {
    let text = path.string
    return text.count > 400 ? "\(text.prefix(200))…\(text.suffix(100))" : text
  }

  private var reason: String? {
    switch code {
    case .notUTF8: "its bytes are not valid UTF-8"
    case .damaged: "it is shorter than it was, or says what kiln never wrote"
    case .tooLarge: "it is larger than such a file can reasonably be"
    default: nil
    }
  }

  private var remedy: String? {
    switch code {
    case .notFound where cause == .notDirectory:
      "a part of the path is a file where a folder is needed: choose another path"
    case .notFound: "check the path"
    case .permission: "check the owner and the mode of the file and of its folders"
    case .noSpace:
      "free space on that file system (`kiln store gc --days 7` does in kiln's cache), or choose "
        + "another folder with --store or --output"
    case .readOnly: "choose a folder that can be written to, with --store or --output"
    case .damaged: "run `kiln store verify --repair`, and build again"
    case .other where cause == .isDirectory: "it is a folder: name a file"
    case .notUTF8: "rename it, or save it, in UTF-8: the image's names and kiln's reports are text"
    case .exists, .tooLarge, .other: nil
    }
  }
}

/// The calling thread's `errno` as a file failure.
func lastError(_ operation: String, _ path: FilePath) -> FileError {
  FileError(operation, path, errno: Errno(rawValue: clinux_errno()))
}

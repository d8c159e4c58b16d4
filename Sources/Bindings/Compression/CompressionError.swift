public import Diagnostics

/// A block that a compression library would not take.
public struct CompressionError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case outOfMemory = "K5101"
    /// The library reported a failure that only a defect of kiln or of the library explains.
    case refused = "K5102"
    /// What should be a deflate stream is none, or not of the size that was said.
    case badStream = "K5103"
  }

  public let code: Code
  /// The library, by its package's name.
  public let library: String
  /// What it said, where it says anything.
  public let reason: String?

  public init(_ code: Code, _ library: String, reason: String? = nil) {
    self.code = code
    self.library = library
    self.reason = reason
  }

  public var diagnostics: [Diagnostic] {
    let message =
      switch code {
      case .outOfMemory: "\(library) got no memory"
      case .refused: "\(library) could not compress a block"
      case .badStream: "a deflate stream is damaged"
      }
    let remedy =
      switch code {
      case .outOfMemory: "run with fewer --jobs, or give the machine more memory"
      case .refused: "report it with the output of --json"
      case .badStream: "run `kiln store verify`: a cached file may have changed on the disk"
      }
    return [
      Diagnostic(code: code.rawValue, message: message, reason: reason, remedy: remedy)
    ]
  }
}

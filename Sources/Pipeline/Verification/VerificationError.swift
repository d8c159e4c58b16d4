public import Diagnostics
public import SystemPackage

/// A verification that could not be done at all. What it finds is not an error but a finding of the
/// ``VerificationReport``.
public struct VerificationError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case cannotRead = "K6101"
    case noScratch = "K6102"
    case toolFailed = "K6103"
    case interrupted = "K6105"
  }

  public let code: Code
  public let image: FilePath
  public let reason: String?

  public init(_ code: Code, _ image: FilePath, reason: String? = nil) {
    self.code = code
    self.image = image
    self.reason = reason
  }

  /// - Parameter cause: the failed operation, whose own words are the reason.
  init(_ code: Code, _ image: FilePath, cause: some Failure) {
    self.init(code, image, reason: cause.diagnostics.words)
  }

  public var diagnostics: [Diagnostic] {
    [
      Diagnostic(
        code: code.rawValue, message: message, place: .init(file: image.string), reason: reason,
        remedy: remedy)
    ]
  }

  private var message: String {
    switch code {
    case .cannotRead: "the image cannot be read"
    case .noScratch: "there is no room to unpack the image for the test"
    case .toolFailed: "a tool that the verification needs failed"
    case .interrupted: "the verification was interrupted"
    }
  }

  private var remedy: String? {
    switch code {
    case .cannotRead: "check the path, and that the file is a tar archive (gzip, xz or zstd)"
    case .noScratch: "choose another folder with --store, or free space"
    case .toolFailed: "install libarchive-tools, gzip, xz-utils, zstd and systemd-container"
    case .interrupted: nil
    }
  }
}

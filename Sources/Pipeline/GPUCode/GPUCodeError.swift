public import Diagnostics
internal import FileSystem
internal import SystemPackage

/// GPU code that cannot be read, or that an image lacks.
public struct GPUCodeError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case cannotRead = "K6501"
    /// A library is cut off or contradicts itself.
    case damaged = "K6502"
    case badImage = "K6503"
    case interrupted = "K6504"
    /// A library has nothing that runs on an architecture that the recipe requires.
    case missingArchitecture = "K6505"
  }

  /// What is said of a root file system that has no such failure.
  public enum Notice: String, CaseIterable, Hashable, Sendable {
    /// One library is there twice.
    case duplicate = "K6506"
  }

  public let code: Code
  /// A path, or what the reader calls the image.
  public let subject: String
  public let reason: String?
  /// What the failed operation itself said.
  public let causes: [Diagnostic]

  public init(_ code: Code, _ subject: String, reason: String? = nil, causes: [Diagnostic] = []) {
    self.code = code
    self.subject = subject
    self.reason = reason
    self.causes = causes
  }

  init(_ error: FileError) {
    self.init(.cannotRead, error.path.string, causes: error.diagnostics)
  }

  public var diagnostics: [Diagnostic] {
    [
      Diagnostic(
        code: code.rawValue, message: message, place: .init(file: subject),
        reason: reason ?? causes.words, remedy: remedy)
    ]
  }

  private var message: String {
    switch code {
    case .cannotRead: "cannot read which GPUs \(subject) has code for"
    case .damaged: "\(subject) is a damaged library"
    case .badImage: "the image cannot be read"
    case .interrupted: "the reading of GPU code was interrupted"
    case .missingArchitecture: "the image's libraries lack code for GPUs that the recipe requires"
    }
  }

  private var remedy: String? {
    switch code {
    case .damaged: "fetch or make the file again; if its digest is right, report it to its author"
    case .badImage: "check the path, and that the file is a tar archive (gzip, xz or zstd)"
    case .missingArchitecture:
      "take versions of these libraries that are built for the architectures, or take them out of "
        + "`gpu.require-architectures`"
    case .cannotRead, .interrupted: nil
    }
  }
}

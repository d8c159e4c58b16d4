public import Commands
public import Diagnostics
public import FileSystem
internal import SystemPackage

/// An image that could not be signed, or whose signature does not hold.
public struct SignatureError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case file = "K6601"
    /// Neither tool's key, or the wrong half of a pair.
    case unknownKey = "K6602"
    case toolMissing = "K6603"
    case notSigned = "K6604"
    /// No signature of the key's form stands beside the image.
    case missing = "K6605"
    /// The signature is not of this key, or not of this image.
    case wrong = "K6606"
    case interrupted = "K6607"
  }

  public enum Cause: Hashable, Sendable {
    case file(FileError)
    case command(CommandError)
  }

  public let code: Code
  /// The key, the signature or the image.
  public let subject: String
  public let form: KeyForm?
  public let reason: String?
  public let cause: Cause?

  public init(
    _ code: Code, _ subject: String, form: KeyForm? = nil, reason: String? = nil,
    cause: Cause? = nil
  ) {
    self.code = code
    self.subject = subject
    self.form = form
    self.reason = reason
    self.cause = cause
  }

  init(_ failure: FileError) { self.init(.file, failure.path.string, cause: .file(failure)) }

  /// A tool that failed, as `code`, unless it is not there or was stopped.
  init(_ failure: CommandError, _ code: Code, _ subject: String, _ form: KeyForm) {
    let code: Code =
      switch failure.code {
      case .notInstalled: .toolMissing
      case .interrupted: .interrupted
      default: code
      }
    self.init(
      code, subject, form: form, reason: failure.output.isEmpty ? nil : failure.output,
      cause: .command(failure))
  }

  public var diagnostics: [Diagnostic] {
    if case .file(let failure)? = cause { return failure.diagnostics }
    return [
      Diagnostic(
        code: code.rawValue, message: message, place: .init(file: subject), reason: reason,
        remedy: remedy)
    ]
  }

  private var tool: String { form?.rawValue ?? "the tool" }

  private var message: String {
    switch code {
    case .file: "a file of the signature cannot be read or written"
    case .unknownKey: "this key cannot be used"
    case .toolMissing: "\(tool) is not installed, and the key is one of its"
    case .notSigned: "\(tool) could not sign with the key"
    case .missing: "there is no signature of that key's form beside the image"
    case .wrong: "the signature does not hold: it is of another key, or of another image"
    case .interrupted: "interrupted"
    }
  }

  private var remedy: String? {
    switch code {
    case .unknownKey:
      "sign with the secret key and verify with the public one; make a pair with "
        + "`openssl genpkey -algorithm ed25519 -out KEY` and `openssl pkey -in KEY -pubout -out PUB`, "
        + "or with `minisign -G -p PUB -s KEY`"
    case .toolMissing: "apt-get install \(tool)"
    case .notSigned where form == .minisign:
      "kiln asks for no password: `minisign -C -W -s KEY` takes it off a key"
    case .notSigned: "see what openssl says; the key must be one that `openssl pkeyutl` signs with"
    case .missing: "fetch it together with the image, or build with `kiln build --sign KEY`"
    case .wrong:
      "do not use the image; fetch it again with its .sha256 and its signature, and ask its maker "
        + "for the public key by another way"
    case .file, .interrupted: nil
    }
  }
}

public import Diagnostics
internal import FileSystem
internal import Transfers

/// A recipe that could not be resolved.
public struct ResolutionError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case toolMissing = "K2101"
    case keyringMissing = "K2102"
    case badSignature = "K2103"
    case expired = "K2104"
    case suiteMissing = "K2105"
    case componentMissing = "K2106"
    case indexChanged = "K2107"
    case unreachable = "K2108"
    case unknownPackage = "K2109"
    case unsatisfiable = "K2110"
    case driver = "K2111"
    case noDigest = "K2112"
    case aptFailed = "K2113"
    case notYetValid = "K2114"
    case foreignPackage = "K2115"
    case badRequest = "K2116"
    case unsupportedBase = "K2117"
    /// A file operation, a mirror's configuration or a tool, whose own diagnostics are told.
    case cause = "K2118"
    case foreignFile = "K2119"
    case denied = "K2120"
    /// What a lock cannot hold.
    case unlockable = "K2121"

    case uvMissing = "K2201"
    case pythonMissing = "K2202"
    case pythonUnsatisfiable = "K2203"
    case noWheel = "K2204"
    case indexUnreachable = "K2205"
    case badRequirement = "K2206"
    case badOutput = "K2207"
    case localWheel = "K2208"
    case sizeUnknown = "K2209"
    case indexDenied = "K2210"
  }

  /// Codes of notices, which do not stop a resolution.
  public enum Notice: String, CaseIterable, Hashable, Sendable {
    case endOfLife = "K2150"
    case updatesMissing = "K2151"
    case olderVersionsGone = "K2152"
  }

  public let code: Code
  /// The package, suite, project or file that is meant.
  public let subject: String
  /// Why, as far as kiln knows: most often what apt or uv printed.
  public let reason: String?
  public let remedy: String?
  /// Where the recipe asks for it.
  public let place: Diagnostic.Place?
  /// What else the same run found.
  public let others: [ResolutionError]
  /// The diagnostics of ``Code/cause``.
  public let causes: [Diagnostic]

  public init(
    _ code: Code, _ subject: String, reason: String? = nil, remedy: String? = nil,
    place: Diagnostic.Place? = nil, others: [ResolutionError] = [], causes: [Diagnostic] = []
  ) {
    self.code = code
    // Tools quote the URLs that they were given, passwords and all.
    self.subject = TransferURL.redacted(subject)
    self.reason = reason.map(TransferURL.redacted)
    self.remedy = remedy
    self.place = place
    self.others = others
    self.causes = causes
  }

  /// A failure of another module, told in that module's words.
  init(_ failure: some Failure, _ subject: String) {
    self.init(.cause, subject, causes: failure.diagnostics)
  }

  public var diagnostics: [Diagnostic] {
    let own =
      causes.isEmpty
      ? [
        Diagnostic(
          code: code.rawValue, message: message, place: place, reason: reason, remedy: remedy)
      ] : causes
    return own + others.flatMap(\.diagnostics)
  }

  private var message: String {
    switch code {
    case .toolMissing: "\(subject) is needed to resolve packages, and is not installed"
    case .keyringMissing: "the keyring \(subject) is not there"
    case .badSignature: "\(subject) has no valid signature by a key of its keyring"
    case .expired: "\(subject) has expired"
    case .suiteMissing: "\(subject) is not there"
    case .componentMissing: "\(subject) is not there"
    case .indexChanged: "the index of \(subject) changed while it was read"
    case .unreachable: "\(subject) cannot be reached"
    case .unknownPackage: "there is no package \(subject)"
    case .unsatisfiable: "the packages cannot be installed together"
    case .driver: "\(subject) would put NVIDIA's Linux driver into the image"
    case .noDigest: "the index has no SHA-256 of \(subject)"
    case .aptFailed: "apt could not \(subject)"
    case .notYetValid: "\(subject) is from the future"
    case .foreignPackage: "the package file \(subject) cannot be used"
    case .badRequest: "\(subject) is not a package name"
    case .unsupportedBase: "\(subject) cannot be resolved"
    case .cause: subject
    case .denied: "\(subject) denied access"
    case .unlockable: "\(subject) fits no lock"
    case .foreignFile: "the file \(subject) cannot be used"
    case .uvMissing: "uv is needed to resolve Python packages, and is not installed"
    case .pythonMissing: "the image would have no Python for \(subject)"
    case .pythonUnsatisfiable: "the Python requirements cannot be met together"
    case .noWheel: "\(subject) has no wheel that fits the image"
    case .indexUnreachable: "the Python index cannot be reached"
    case .indexDenied: "the Python index denied access"
    case .badRequirement: "the requirement \(subject) cannot be understood"
    case .badOutput: "uv answered what kiln cannot read"
    case .localWheel: "the wheel \(subject) cannot be used"
    case .sizeUnknown: "the size of \(subject) cannot be found out"
    }
  }
}

/// Runs `body` and turns the file system's failure into the module's own.
func resolving<Value>(
  _ subject: String, _ body: () throws(FileError) -> Value
) throws(ResolutionError) -> Value {
  do throws(FileError) { return try body() } catch { throw ResolutionError(error, subject) }
}

public import Archives
internal import Content
public import Diagnostics
public import FileSystem

/// A wheel that is refused, or that could not be unpacked or installed.
public struct WheelError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// The file itself could not be read.
    case unreadable = "K4101"
    /// No zip, cut off, or with bytes before, between or behind what its directory names.
    case notAZip = "K4102"
    /// The zip's directory contradicts itself, its entries or the file.
    case contradictory = "K4103"
    /// A name that leaves the tree, or that no file can have.
    case unsafeName = "K4104"
    /// Two entries for one path, or a file where another entry needs a folder.
    case duplicateName = "K4105"
    /// Encryption, a compression method or an entry type that no wheel has.
    case unsupported = "K4106"
    /// More entries or bytes than a wheel can reasonably have.
    case tooLarge = "K4107"
    /// The bytes of an entry are not those that CRC, size or RECORD promise.
    case damagedContent = "K4108"
    case badFileName = "K4111"
    /// `WHEEL`, `METADATA` or the `.dist-info` folder is missing or wrong.
    case badMetadata = "K4112"
    /// A Wheel-Version that kiln does not know.
    case futureVersion = "K4113"
    /// `RECORD` and the files of the wheel differ.
    case badRecord = "K4114"
    case badEntryPoint = "K4115"
    /// A `.data` folder that is none of the installation schemes.
    case unknownScheme = "K4116"
    /// The store or the target folder could not be written.
    case storage = "K4121"
    case interrupted = "K4122"
    /// Two wheels own the same path with different bytes: a warning.
    case sharedPath = "K4131"
  }

  /// The lower failure that this one is made of.
  public enum Cause: Hashable, Sendable {
    case file(FileError)
    case archive(ArchiveError)
  }

  public let code: Code
  /// The wheel's file name, or the path where there is no wheel.
  public let wheel: String
  /// The path inside the wheel, where one entry is at fault.
  public let entry: String?
  public let reason: String?
  public let cause: Cause?

  public init(
    _ code: Code, wheel: String, entry: String? = nil, reason: String? = nil, cause: Cause? = nil
  ) {
    self.code = code
    self.wheel = wheel
    self.entry = entry
    self.reason = reason
    self.cause = cause
  }

  init(_ name: WheelFileName.Malformed) {
    self.init(.badFileName, wheel: name.text, reason: name.reason)
  }

  public var diagnostics: [Diagnostic] {
    [
      Diagnostic(
        severity: code == .sharedPath ? .warning : .error, code: code.rawValue, message: message,
        place: .init(file: entry.map { "\(wheel)/\($0)" } ?? wheel), reason: reason,
        remedy: remedy)
    ] + lower
  }

  private var lower: [Diagnostic] {
    switch cause {
    case .file(let failure): failure.diagnostics
    case .archive(let failure): failure.diagnostics
    case nil: []
    }
  }

  private var message: String {
    let subject = entry.map { "\($0) in \(wheel)" } ?? wheel
    return switch code {
    case .unreadable: "cannot read the wheel \(wheel)"
    case .notAZip: "\(wheel) is not a clean zip file"
    case .contradictory: "the directory of \(wheel) contradicts \(entry ?? "the file")"
    case .unsafeName: "\(wheel) has an entry with the unsafe name \(entry ?? "")"
    case .duplicateName: "\(wheel) has more than one entry for \(entry ?? "a path")"
    case .unsupported: "\(subject) is of a kind that wheels do not have"
    case .tooLarge: "\(subject) is larger than a wheel can reasonably be"
    case .damagedContent: "the content of \(subject) is damaged"
    case .badFileName: "\(wheel) is not the file name of a wheel"
    case .badMetadata: "\(subject) is missing or not what a wheel needs"
    case .futureVersion: "\(wheel) is of a newer wheel format than kiln knows"
    case .badRecord: "RECORD of \(wheel) does not agree with \(entry ?? "its files")"
    case .badEntryPoint: "\(wheel) has an entry point that cannot be installed: \(entry ?? "")"
    case .unknownScheme: "\(wheel) wants to install \(entry ?? "a file") into no known place"
    case .storage: "cannot write what \(wheel) unpacks to"
    case .interrupted: "interrupted while working on \(wheel)"
    case .sharedPath: "\(wheel) replaces \(entry ?? "a file") of another wheel"
    }
  }

  private var remedy: String? {
    switch code {
    case .unreadable: "check the path"
    case .badFileName: "name it <project>-<version>-<python>-<abi>-<platform>.whl"
    case .futureVersion: "choose a version of the project whose wheels kiln knows"
    case .notAZip, .contradictory, .unsafeName, .duplicateName, .unsupported, .tooLarge,
      .damagedContent, .badMetadata, .badRecord, .badEntryPoint, .unknownScheme:
      "choose another version or source of the project, and tell its authors"
    case .sharedPath: "ask for one of the two projects only"
    case .storage, .interrupted: nil
    }
  }
}

public import Diagnostics

/// An archive that cannot be read.
public struct ArchiveError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case cannotOpen = "K7201"
    /// Damaged, cut off, or not in one of the formats that the caller allowed.
    case damaged = "K7202"
    /// libarchive warned, and the caller takes warnings for errors.
    case warning = "K7203"
    case notUTF8 = "K7204"
    case tooLarge = "K7205"
    /// An entry has more or fewer bytes than its header says.
    case wrongSize = "K7206"
    case noMemory = "K7207"
  }

  public let code: Code
  /// The archive: a path, or what the caller calls it.
  public let archive: String
  /// The path inside the archive, where one entry is at fault.
  public let entry: String?
  /// What libarchive says.
  public let reason: String?

  public init(_ code: Code, archive: String, entry: String? = nil, reason: String? = nil) {
    self.code = code
    self.archive = archive
    self.entry = entry
    self.reason = reason
  }

  public var diagnostics: [Diagnostic] {
    [
      Diagnostic(
        code: code.rawValue, message: message, place: .init(file: archive), reason: reason,
        remedy: remedy)
    ]
  }

  private var message: String {
    let place = entry.map { "\($0) in \(archive)" } ?? archive
    return switch code {
    case .cannotOpen: "cannot open the archive \(archive)"
    case .damaged: "\(place) is damaged, cut off, or of another format than expected"
    case .warning: "\(place) is not a clean archive"
    case .notUTF8: "\(place) has a name that is not UTF-8"
    case .tooLarge: "\(place) is larger than such a file can reasonably be"
    case .wrongSize: "\(place) does not have the size that its header gives"
    case .noMemory: "out of memory while reading \(archive)"
    }
  }

  private var remedy: String? {
    switch code {
    case .cannotOpen: "check the path"
    case .damaged, .wrongSize:
      "fetch or make the file again; if its digest is the expected one, report it to its author"
    case .notUTF8: "pack it again with names in UTF-8"
    case .warning, .tooLarge, .noMemory: nil
    }
  }
}

public import Archives
public import Diagnostics
public import FileSystem

/// A `.deb` that cannot be unpacked, or packages that do not fit together.
public struct PackageError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// A member of the `.deb` is missing, unknown or in the wrong place.
    case notAPackage = "K4001"
    case badControl = "K4002"
    /// A path that leaves the tree: `..`, absolute, or through a link of the archive.
    case unsafePath = "K4003"
    case duplicateEntry = "K4004"
    /// A device node, a socket, or a type that nobody knows.
    case unsupportedEntry = "K4005"
    /// A hard link to what is not an earlier file of the same archive.
    case badLink = "K4006"
    /// The `.deb` holds another package or version than the lock says.
    case mismatch = "K4007"
    /// Two packages own one path, and neither replaces the other.
    case overlap = "K4008"
    case unreadable = "K4009"
    case files = "K4010"
    case interrupted = "K4011"
    case badVersion = "K4012"
    /// A path at which kiln itself writes a file of dpkg's database.
    case reservedPath = "K4013"
  }

  /// The failure of a lower module that this one stands for.
  public enum Cause: Hashable, Sendable {
    case archive(ArchiveError)
    case file(FileError)
  }

  public let code: Code
  /// The package, or the file that holds it.
  public let package: String
  /// The path inside the package, or the line of its control file.
  public let place: String?
  /// What is wrong, in words.
  public let reason: String?
  public let cause: Cause?

  public init(
    _ code: Code, package: String, place: String? = nil, reason: String? = nil,
    cause: Cause? = nil
  ) {
    self.code = code
    self.package = package
    self.place = place
    self.reason = reason
    self.cause = cause
  }

  init(_ cause: ArchiveError, package: String) {
    self.init(.unreadable, package: package, cause: .archive(cause))
  }

  init(_ cause: FileError, package: String) {
    self.init(.files, package: package, cause: .file(cause))
  }

  public var diagnostics: [Diagnostic] {
    let own = Diagnostic(
      code: code.rawValue, message: message, place: place.map { .init(file: $0) },
      reason: reason, remedy: remedy)
    return switch cause {
    case nil: [own]
    case .archive(let error): [own] + error.diagnostics
    case .file(let error): [own] + error.diagnostics
    }
  }

  private var message: String {
    switch code {
    case .notAPackage: "\(package) is not a Debian package"
    case .badControl: "\(package) has a control file that cannot be read"
    case .unsafePath: "\(package) has a path that leads out of its tree"
    case .duplicateEntry: "\(package) has one path twice"
    case .unsupportedEntry: "\(package) has an entry that is neither file, folder nor link"
    case .badLink: "\(package) has a hard link to what it does not hold"
    case .mismatch: "\(package) is another package than the lock says"
    case .overlap: "\(package): two packages own one path"
    case .unreadable: "cannot unpack \(package)"
    case .files: "cannot write the files of \(package)"
    case .interrupted: "the unpacking of \(package) was interrupted"
    case .badVersion: "\(package) has a version that Debian's rules do not allow"
    case .reservedPath: "\(package) has a file that is dpkg's own to write"
    }
  }

  private var remedy: String? {
    switch code {
    case .notAPackage, .badControl, .unsafePath, .duplicateEntry, .unsupportedEntry, .badLink,
      .badVersion, .reservedPath:
      "do not use this package; report it to its author"
    case .mismatch: "run `kiln lock --update` and build again"
    case .overlap: "leave one of the two packages out, or take versions that declare `Replaces`"
    case .unreadable, .files, .interrupted: nil
    }
  }
}

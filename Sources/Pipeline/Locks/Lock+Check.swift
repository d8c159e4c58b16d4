internal import Content
internal import FileSystem
internal import SystemPackage

extension Lock {
  /// What keeps a lock from being used.
  public struct Fault: Hashable, Sendable {
    let code: LockError.Code
    /// The artifact or the field.
    public let subject: String
    /// nil where it is there twice.
    public let reason: String?
  }

  /// Holds the lock against the rules that kiln writes it by. A lock comes out of version control,
  /// so what it says about paths is not to be trusted: they end in URLs and in file names.
  func check(_ path: FilePath) throws(LockError) {
    guard let fault else { return }
    throw LockError(fault.code, path, subject: fault.subject, reason: fault.reason)
  }

  /// The first that is wrong with the lock, or nil. A new one is asked as well: indexes say what they
  /// like, and what kiln writes it has to take again.
  public var fault: Fault? {
    if !DateLimit.range.contains(date) {
      return Fault(
        code: .oddArtifact, subject: "the date",
        reason: "\(date) seconds since 1970; it can be up to \(DateLimit.range.upperBound)")
    }
    var seen: Set<Artifact.Identity> = []
    for artifact in artifacts {
      let title = "\(artifact.kind.rawValue) \(artifact.name)"
      if let reason = artifact.fault {
        return Fault(code: .oddArtifact, subject: title, reason: reason)
      }
      guard seen.insert(artifact.identity).inserted else {
        return Fault(code: .duplicate, subject: title, reason: nil)
      }
    }
    // What is reckoned is the sum, where one artifact alone would do.
    guard SizeLimit.holds(artifacts.map(\.size)),
      SizeLimit.holds(artifacts.compactMap(\.installedSize))
    else {
      return Fault(
        code: .oddArtifact, subject: "all sizes",
        reason: "together they are more than \(ByteCount(SizeLimit.largest))")
    }
    return nil
  }
}

extension Artifact {
  /// What a lock has once: it stays the same from version to version.
  struct Identity: Hashable {
    let kind: Kind
    let name: String
    let architecture: Architecture?
    /// Archives of the recipe's own are told apart by where they are, not by their file names.
    let path: String

    var order: (String, String, String, String) {
      (kind.rawValue, name, architecture?.rawValue ?? "", path)
    }
  }

  var identity: Identity {
    Identity(
      kind: kind, name: name, architecture: architecture,
      path: kind == .archive && !isInIndex ? path : "")
  }

  /// What is wrong with the artifact's fields, or nil.
  public var fault: String? {
    if !Self.isName(name) { return "`\(name)` is not a name" }
    if !Self.isName(source) { return "`\(source)` is not the name of a source" }
    if version.isEmpty || !version.utf8.allSatisfy(Self.isPartOfVersion) {
      return "`\(version)` is not a version"
    }
    if !(1...SizeLimit.largest).contains(size) { return "a size of \(size) bytes" }
    if let size = installedSize, !(0...SizeLimit.largest).contains(size) {
      return "an installed size of \(size) bytes"
    }
    if path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      return "its path holds a control character"
    }
    if isRecipeURL { return nil }
    return Self.pathFault(path)
  }

  /// What ASCII has to show, but for the slash.
  private static func isPartOfVersion(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "/")
  }

  /// Whether the path is a URL that the recipe itself gives.
  public var isRecipeURL: Bool {
    source == "recipe" && (path.hasPrefix("https://") || path.hasPrefix("http://"))
  }

  /// Letters, digits and `+-._`, not starting with a dot: Debian packages, projects, sources.
  private static func isName(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-._".utf8.contains(byte)
    }
    return isPlain && !text.isEmpty && !text.hasPrefix(".")
  }

  private static func pathFault(_ path: String) -> String? {
    if path.contains("://") { return "its path is a URL, and a lock names no host" }
    if path.isAbsolutePath { return "its path is absolute" }
    if path.utf8.contains(UInt8(ascii: "\\")) { return "its path holds a backslash" }
    let parts = path.allPathComponents
    if parts.contains("..") || parts.contains(".") || parts.contains("") {
      return "its path is not plain: `\(path)`"
    }
    return nil
  }
}

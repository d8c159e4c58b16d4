public import SystemPackage

/// Something that kiln itself puts into an image, or takes out of it; owner and group are root.
public struct GeneratedFile: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    case file([UInt8])
    /// The link's target.
    case symlink(String)
    /// Left as it is where it exists already.
    case directory
    /// A file of the recipe's folder, relative to it.
    case recipeFile(FilePath)
    /// Must not be there, whoever made it.
    case removed
  }

  /// Relative, without a leading slash.
  public let path: String
  /// Permission bits; of no meaning for a link or for what is removed.
  public let mode: UInt16
  public let content: Content

  public init(_ path: String, mode: UInt16, _ content: Content) {
    self.path = path
    self.mode = mode
    self.content = content
  }

  static func text(_ path: String, mode: UInt16 = 0o644, _ text: String) -> GeneratedFile {
    GeneratedFile(path, mode: mode, .file(Array(text.utf8)))
  }

  static func link(_ path: String, to target: String) -> GeneratedFile {
    GeneratedFile(path, mode: 0o777, .symlink(target))
  }
}

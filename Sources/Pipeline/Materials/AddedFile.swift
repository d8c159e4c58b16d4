public import Content
public import Digests

/// A file of the image that comes from no package and no wheel: from the recipe's files and steps, or
/// from kiln itself.
public struct AddedFile: Hashable, Codable, Sendable {
  /// Absolute, in the image.
  public let path: String
  public let origin: Origin
  /// Of the bytes; of a symbolic link's text.
  public let sha256: SHA256Digest
  /// As ``sha256``: the format SPDX demands it of every file.
  public let sha1: String
  /// The text of a symbolic link; nil for a file.
  public let link: String?

  public init(path: String, origin: Origin, sha256: SHA256Digest, sha1: String, link: String? = nil)
  {
    self.path = path
    self.origin = origin
    self.sha256 = sha256
    self.sha1 = sha1
    self.link = link
  }

  /// Whose files are no package's and no wheel's, and not made from theirs either: what maintainer
  /// scripts and the byte compiler write is told by naming the packages.
  public static let origins: Set<Origin.Kind> = [.file, .step, .user, .wsl, .smokeTest]
}

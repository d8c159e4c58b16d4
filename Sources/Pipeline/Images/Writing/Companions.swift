public import Digests

/// A file that stands beside an image and tells of it.
public struct Companion: Hashable, Sendable {
  /// What follows the image's name: `.spdx.json`.
  public let ending: String
  public let content: [UInt8]

  public init(ending: String, content: [UInt8]) {
    self.ending = ending
    self.content = content
  }
}

/// What is written beside each image, besides checksum and manifest.
public struct Companions: Sendable {
  public static let none = Companions(endings: [], inputs: SHA256Digest(ofText: "")) { _, _ in [] }

  /// Of every file that `make` may give.
  let endings: [String]
  /// All that `make` reads beside the image and its layers.
  let inputs: SHA256Digest
  let make: @Sendable (ImageRequest, Manifest.Image) -> [Companion]

  /// - Parameters:
  ///   - endings: of every file that `make` may give.
  ///   - inputs: over all that `make` reads beside the image, its layers and its provenance.
  public init(
    endings: [String], inputs: SHA256Digest,
    make: @escaping @Sendable (ImageRequest, Manifest.Image) -> [Companion]
  ) {
    self.endings = endings
    self.inputs = inputs
    self.make = make
  }
}

public import Digests

/// The files that stand beside an image and tell of it, besides check sum and manifest.
public struct Companions: Sendable {
  public static let none = Companions([], inputs: SHA256Digest(ofText: "")) { _, _ in [] }

  /// What follows the image's name in those that are written with it: `.spdx.json`.
  public let endings: [String]
  /// What follows it in signatures of its check sum, which are made later: one that another image
  /// left would stand beside this one as if it were its own.
  public let signatures: [String]
  /// All that ``contents`` read beside the image, its layers and its provenance.
  let inputs: SHA256Digest
  /// The content of each of ``endings``, in their order; empty for an image that has none.
  let contents: @Sendable (ImageRequest, Manifest.Image) -> [[UInt8]]

  public init(
    _ endings: [String], signatures: [String] = [], inputs: SHA256Digest,
    contents: @escaping @Sendable (ImageRequest, Manifest.Image) -> [[UInt8]]
  ) {
    self.endings = endings
    self.signatures = signatures
    self.inputs = inputs
    self.contents = contents
  }
}

public import Content
public import Digests
public import GPUCode
public import Locks
public import Recipes
public import SystemPackage

/// One image file to write.
public struct ImageRequest: Hashable, Sendable {
  /// The recipe's name.
  public var name: String
  /// nil where the image is none of WSL's two.
  public var flavour: WSLSettings.Flavour?
  /// Lowest first. Requests of one run may share layers; those are read and compressed once.
  public var layers: [Layer]
  public var target: FilePath
  public var format: ImageFormat

  public init(
    name: String, flavour: WSLSettings.Flavour?, layers: [Layer], target: FilePath,
    format: ImageFormat
  ) {
    self.name = name
    self.flavour = flavour
    self.layers = layers
    self.target = target
    self.format = format
  }

  /// A request whose target's name says the format.
  public init(
    name: String, flavour: WSLSettings.Flavour?, layers: [Layer], target: FilePath
  ) throws(ImageError) {
    guard let format = ImageFormat(fileName: target.lastComponent?.string ?? "") else {
      throw ImageError(.unknownFormat, target.string)
    }
    self.init(name: name, flavour: flavour, layers: layers, target: target, format: format)
  }
}

/// Where images come from, as their manifests say it.
public struct Provenance: Hashable, Sendable {
  /// The program with its version: `kiln 0.1.0`.
  public var tool: String
  public var recipeDigest: SHA256Digest
  public var lockDigest: SHA256Digest
  /// In the lock's order, which is the order of their files in the image.
  public var artifacts: [Artifact]
  /// Names of the artifacts that the recipe itself asks for.
  public var requested: Set<String>
  /// Seconds since 1970; no time in the image is later.
  public var sourceDateEpoch: Int64
  /// What the root has for GPUs; nil where nobody looked.
  public var gpu: GPUFacts?

  public init(
    tool: String, recipeDigest: SHA256Digest, lockDigest: SHA256Digest, artifacts: [Artifact],
    requested: Set<String> = [], sourceDateEpoch: Int64, gpu: GPUFacts? = nil
  ) {
    self.tool = tool
    self.recipeDigest = recipeDigest
    self.lockDigest = lockDigest
    self.artifacts = artifacts
    self.requested = requested
    self.sourceDateEpoch = sourceDateEpoch
    self.gpu = gpu
  }
}

/// An image that stands on the disk.
public struct WrittenImage: Hashable, Sendable {
  public let request: ImageRequest
  /// Bytes of the file.
  public let size: Int64
  public let sha256: SHA256Digest
  /// Over the tree, whatever the file's format: ``TreeDigest``.
  public let treeDigest: SHA256Digest
  public let totals: Manifest.Totals
  public let checksum: FilePath
  public let manifest: FilePath
}

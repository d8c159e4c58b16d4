public import Content
public import Digests

/// Everything that a recipe resolved to: the same lock gives the same image.
///
/// It names no host. Sources are names whose base URLs are the building machine's business.
public struct Lock: Hashable, Codable, Sendable {
  public static let formatVersion = 1

  /// The version of the file format, ``formatVersion``.
  public let lock: Int
  public let recipe: String
  /// Over what the recipe says about packages, sources and Python: what resolution reads.
  public let recipeDigest: SHA256Digest
  /// The same of each key of the recipe, by its path: they tell what made the lock stale. Nil in a
  /// lock that was written before there were any.
  public let recipeParts: [String: SHA256Digest]?
  public let architecture: Architecture
  /// Newest date of what was resolved, seconds since 1970: the default `SOURCE_DATE_EPOCH`.
  public let date: Int64
  /// In the order of resolution: packages by name, then wheels by name, then archives.
  public let artifacts: [Artifact]
  /// Packages and wheels that the recipe itself asks for; the others came as dependencies.
  public let requested: [String]

  public init(
    recipe: String, recipeDigest: SHA256Digest, architecture: Architecture, date: Int64,
    artifacts: [Artifact], requested: [String], recipeParts: [String: SHA256Digest]? = nil
  ) {
    lock = Self.formatVersion
    self.recipe = recipe
    self.recipeDigest = recipeDigest
    self.recipeParts = recipeParts
    self.architecture = architecture
    self.date = date
    self.artifacts = artifacts
    self.requested = requested
  }

  public var packages: [Artifact] { artifacts.filter { $0.kind == .package } }
  public var wheels: [Artifact] { artifacts.filter { $0.kind == .wheel } }
  public var archives: [Artifact] { artifacts.filter { $0.kind == .archive } }
}

public import Content
public import Digests
public import GPUCode
public import Locks
public import Recipes

/// What a finished build made and how.
public struct BuildSummary: Hashable, Codable, Sendable {
  public struct Image: Hashable, Codable, Sendable {
    public let flavour: WSLSettings.Flavour
    public let path: String
    /// Bytes.
    public let size: Int64
    public let sha256: SHA256Digest
    /// What to type on Windows, in the folder of the image.
    public let command: String

    public init(
      flavour: WSLSettings.Flavour, path: String, size: Int64, sha256: SHA256Digest,
      command: String
    ) {
      self.flavour = flavour
      self.path = path
      self.size = size
      self.sha256 = sha256
      self.command = command
    }
  }

  public struct Stage: Hashable, Codable, Sendable {
    public let stage: ProgressEvent.Stage
    public let milliseconds: Int64
    public let reused: Bool

    public init(stage: ProgressEvent.Stage, milliseconds: Int64, reused: Bool) {
      self.stage = stage
      self.milliseconds = milliseconds
      self.reused = reused
    }
  }

  public let recipe: String
  public let images: [Image]
  public let stages: [Stage]
  public let packages: Int
  public let wheels: Int
  /// What files are taken out of.
  public let archives: Int
  /// Bytes downloaded for this build.
  public internal(set) var downloaded: Int64
  /// The largest resident size of kiln itself so far, bytes.
  public let peakMemory: Int64
  /// What the image has for NVIDIA's GPUs; nil where the recipe is not about them.
  public let gpu: GPUFacts?
  /// What the build changed in the recipe's lock; nil where that was fresh.
  public let lockChange: LockDifference?

  public init(
    recipe: String, images: [Image], stages: [Stage], packages: Int, wheels: Int,
    archives: Int, downloaded: Int64, peakMemory: Int64, gpu: GPUFacts? = nil,
    lockChange: LockDifference? = nil
  ) {
    self.recipe = recipe
    self.images = images
    self.stages = stages
    self.packages = packages
    self.wheels = wheels
    self.archives = archives
    self.downloaded = downloaded
    self.peakMemory = peakMemory
    self.gpu = gpu
    self.lockChange = lockChange
  }
}

/// What `kiln lock` found and did.
public struct LockReport: Hashable, Codable, Sendable {
  public let recipe: String
  public let path: String
  /// Whether the lock was for this recipe as it stands.
  public let wasFresh: Bool
  public let written: Bool
  public let difference: LockDifference

  public init(
    recipe: String, path: String, wasFresh: Bool, written: Bool, difference: LockDifference
  ) {
    self.recipe = recipe
    self.path = path
    self.wasFresh = wasFresh
    self.written = written
    self.difference = difference
  }
}

/// What a build would do, and why.
public struct BuildPlan: Hashable, Codable, Sendable {
  public let recipe: String
  /// `fresh`, `stale` or `absent`.
  public let lock: String
  public let packages: Int
  public let wheels: Int
  /// What files are taken out of.
  public let archives: Int
  /// Files that the store lacks.
  public let toFetch: [Artifact]
  /// Bytes of ``toFetch``.
  public let fetchSize: Int64
  /// Packages and wheels that the store has not unpacked yet.
  public let toUnpack: Int
  /// The first layer that is made anew, with all that follow; nil where every one is reused.
  public let madeFrom: String?
  /// Bytes that the build needs in the store and for the images, about.
  public let spaceNeeded: Int64
  public let spaceFree: Int64

  public init(
    recipe: String, lock: String, packages: Int, wheels: Int, archives: Int,
    toFetch: [Artifact], toUnpack: Int, madeFrom: String?, spaceNeeded: Int64, spaceFree: Int64
  ) {
    self.recipe = recipe
    self.lock = lock
    self.packages = packages
    self.wheels = wheels
    self.archives = archives
    self.toFetch = toFetch
    fetchSize = toFetch.reduce(0) { $0 + $1.size }
    self.toUnpack = toUnpack
    self.madeFrom = madeFrom
    self.spaceNeeded = spaceNeeded
    self.spaceFree = spaceFree
  }
}

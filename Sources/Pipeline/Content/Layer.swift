public import SystemPackage

/// One directory of a stack whose overlay is a root file system.
///
/// It has the form of an overlayfs upper directory: a character device 0/0 deletes the path below,
/// the attribute `trusted.overlay.opaque` or `user.overlay.opaque` = `y` hides what a folder below
/// held. A published layer never changes.
public struct Layer: Hashable, Sendable {
  public let directory: FilePath
  /// Who made the layer's entries, where ``owners`` does not say otherwise.
  public let origin: Origin
  /// Paths (relative, no leading slash) whose origin is another, as index into ``origins``.
  public let owners: [String: Int]
  /// What ``owners`` points into, in the order in which the image carries their files.
  public let origins: [Origin]
  /// A ``LayerDigests`` file; nil where nobody has read the layer's files yet.
  public let digests: FilePath?

  public init(
    directory: FilePath, origin: Origin, owners: [String: Int] = [:], origins: [Origin] = [],
    digests: FilePath? = nil
  ) {
    self.directory = directory
    self.origin = origin
    self.owners = owners
    self.origins = origins
    self.digests = digests
  }

  public func origin(of path: String) -> Origin { owners[path].map { origins[$0] } ?? origin }
}

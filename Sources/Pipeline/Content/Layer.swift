public import SystemPackage

/// One directory of a stack whose overlay is a root file system.
///
/// It has the form of an overlayfs upper directory: a character device 0/0 deletes the path below,
/// the attribute `trusted.overlay.opaque` or `user.overlay.opaque` = `y` hides what a folder below
/// held. A published layer never changes.
public struct Layer: Hashable, Sendable {
  public let directory: FilePath
  /// Who made the layer's entries, where the listing does not say otherwise.
  public let origin: Origin
  /// A ``LayerListing`` file: what is in the directory.
  public let listing: FilePath

  public init(directory: FilePath, origin: Origin, listing: FilePath) {
    self.directory = directory
    self.origin = origin
    self.listing = listing
  }
}

public import Content
public import Materials
public import Recipes

/// A finished root file system: the layers that images are written from.
public struct Rootfs: Sendable {
  /// What every flavour has, the lowest first.
  public let layers: [Layer]
  /// What each flavour has on top.
  public let flavours: [WSLSettings.Flavour: Layer]
  /// Of the installed wheels, for an image that takes their files as they are.
  public let streams: DeflateSources
  /// What the image of each flavour is made of; which file that is nobody knows yet.
  public let bills: [WSLSettings.Flavour: BillOfMaterials]
  /// In the order of the work.
  public let stages: [StageReport]

  /// What became of one part of the work.
  public struct StageReport: Hashable, Sendable {
    public let stage: ProgressEvent.Stage
    public let name: String
    /// Whether the store had its result.
    public let reused: Bool
    public let milliseconds: Int64
  }
}

/// Layers whose packages and wheels are complete.
public struct SettledLayers: Sendable {
  /// Lowest first.
  public let layers: [Layer]
  public let streams: DeflateSources
}

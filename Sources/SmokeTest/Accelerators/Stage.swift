/// The questions, in the order in which they are asked.
public enum Stage: UInt8, CaseIterable, Sendable {
  /// WSL 2, a container, or plain Linux.
  case platform = 1
  /// `/dev/dxg` or `/dev/nvidia*`.
  case deviceNodes
  /// `/usr/lib/wsl/lib` and `/usr/lib/wsl/drivers`.
  case mounts
  /// The driver's libraries: there, whole, not shadowed, in the loader's cache.
  case libraries
  /// The driver loads and answers.
  case driver
  /// The driver is new enough for what the image carries.
  case version
  /// Name, capability, memory, address.
  case device
  /// Patterns there and back, bandwidth.
  case memory
  /// Every kernel on random input against a float64 reference.
  case kernels
  /// The classifier learns, and the CPU agrees.
  case training
  /// The device is faster than all the CPU's cores.
  case acceleration
  /// The image's own framework trains on the device.
  case framework
}

/// How much to do.
public enum Level: UInt8, Sendable {
  /// A verdict in well under a second.
  case quick
  /// Every device, most of the free memory, sustained load, all precisions.
  case full
}

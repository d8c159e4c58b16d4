/// The attributes of a device that the test reads, with the numbers of `CUdevice_attribute`.
public enum DeviceAttribute: Int32, CaseIterable, Sendable {
  /// In kHz.
  case clock = 13
  case multiprocessors = 16
  /// Whether the device's memory is the host's.
  case integrated = 18
  case errorCorrection = 32
  /// In kHz.
  case memoryClock = 36
  /// In bits.
  case memoryBus = 37
  /// In bytes.
  case cache = 38
  case capabilityMajor = 75
  case capabilityMinor = 76
  /// The most dynamic shared memory that a block may be allowed, in bytes.
  case sharedMemory = 97

  /// Whether kernels are launched by it. What is only reported, or has a value that is safe, is 0 where
  /// the driver does not tell.
  var isNeeded: Bool {
    self == .multiprocessors || self == .capabilityMajor || self == .capabilityMinor
  }
}

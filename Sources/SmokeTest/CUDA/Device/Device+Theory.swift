import Accelerators
import Platform

/// How the numbers of a matrix product are held and multiplied; the sums are float32.
public enum Precision: Sendable, CaseIterable {
  case float32, tf32, float16, bfloat16

  public var name: String {
    switch self {
    case .float32: "float32"
    case .tf32: "TF32"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    }
  }

  /// The name as a part of a fact's name.
  var key: String { self == .tf32 ? "tf32" : name }
}

// What the device could do at its highest clock, to put measurements beside.
extension Device {
  /// Floating point operations a second of dense products, where the table knows the generation.
  ///
  /// float32: CUDA C++ programming guide, "Throughput of native arithmetic instructions", results
  /// per clock and multiprocessor, two operations each. The tensor cores' figures are those of
  /// NVIDIA's architecture papers divided by multiprocessors and boost clock.
  public func theoreticalProduct(_ precision: Precision) -> Double? {
    guard let each = operationsPerClock(precision), self[.clock] > 0 else { return nil }
    return Double(each) * Double(self[.multiprocessors]) * Double(self[.clock]) * 1e3
  }

  /// Bytes a second: clock × 2 transfers (double data rate) × width of the bus. Of memory that is the
  /// host's too the driver tells neither.
  public var theoreticalBandwidth: Double? {
    if self[.integrated] != 0 { return nil }
    let bytes = Double(self[.memoryClock]) * 1e3 * 2 * Double(self[.memoryBus]) / 8
    return bytes > 0 ? bytes : nil
  }

  /// Operations that one multiprocessor does in a clock.
  private func operationsPerClock(_ precision: Precision) -> Int? {
    let tensor = precision == .tf32 ? 1 : 2
    return switch (capability.major, capability.minor, precision) {
    case (6, 0, .float32), (7, _, .float32), (8, 0, .float32): 2 * 64
    case (5, _, .float32), (6, _, .float32), (8..., _, .float32): 2 * 128
    case (8, 0, _): 1024 * tensor
    case (8, 6, _), (8, 9, _), (12, _, _):
      // Of the same chips, those for players sum in float32 at half the speed.
      (name.has("GeForce") ? 256 : 512) * tensor
    case (9, 0, _): 2048 * tensor
    case (10, 0, _), (10, 3, _): 4096 * tensor
    default: nil
    }
  }
}

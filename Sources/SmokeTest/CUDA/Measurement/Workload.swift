public import Trainer

/// How much a device gets to do when it is measured: enough to fill it, and some milliseconds of it.
public struct Workload: Sendable {
  public let plan: TrainingPlan
  /// Rows and columns of the matrices of a product; three of them exceed the device's cache.
  public let productSize: Int
  /// Steps of a captured graph.
  let steps: Int
  /// Of each side of a copy, in bytes.
  let copied: Int

  /// The small net of the benchmark, in whose steps launches cost as much as arithmetic.
  public static let smallPlan = TrainingPlan(
    network: Network(inputs: 256, hidden: 1024, classes: 16), batch: 4096, epochs: 1,
    learningRate: 0.01, momentum: 0.9, seed: 1)

  /// The large one, which is decided by its matrix products.
  public static let largePlan = TrainingPlan(
    network: Network(inputs: 1024, hidden: 4096, classes: 16), batch: 8192, epochs: 1,
    learningRate: 0.01, momentum: 0.9, seed: 1)

  /// What suits a device by its theoretical speed. The slowest GPU that can run the kernels does
  /// 0.4 TFLOP/s; below that is an emulator, for which a training of the digits is enough.
  init(for device: Device) {
    let speed = device.theoreticalProduct(.float32) ?? 5e12
    let isGPU = speed > 1e11
    plan = isGPU ? Self.smallPlan : .digits
    steps = isGPU ? 10 : 1
    productSize =
      switch speed {
      case 20e12...: 4096
      case 3e12...: 2048
      case 1e11...: 1024
      default: 136
      }
    copied = max(isGPU ? 64 << 20 : 1 << 20, 2 * device[.cache])
  }
}

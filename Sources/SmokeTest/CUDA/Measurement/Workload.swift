import Trainer

/// How much a device gets to do when it is measured: enough to fill it, and some milliseconds of it.
struct Workload {
  let plan: TrainingPlan
  /// What `Level.full` times too; nothing for a device that would take too long for it.
  let largePlan: TrainingPlan?
  /// Rows and columns of the matrices of a product; three of them exceed the device's cache.
  let productSize: Int
  /// Of each side of a copy, and of the memory that `Level.quick` tests, in bytes: beyond the cache.
  let copied: Int
  /// Operations a second that the device may do.
  let speed: Double

  /// A net whose steps are decided by their matrix products.
  static let large = TrainingPlan(
    network: Network(inputs: 1024, hidden: 4096, classes: 16), batch: 8192, epochs: 1,
    learningRate: 0.01, momentum: 0.9, seed: 1)
}

extension Workload {
  /// What suits a device by its theoretical speed. The slowest GPU that can run the kernels does
  /// 0.4 TFLOP/s; below that is an emulator, for which a training of the digits is enough.
  init(for device: Device) {
    speed = device.theoreticalProduct(.float32) ?? 5e12
    let isGPU = speed > 1e11
    plan = isGPU ? .speed : .digits
    // A step of it is 0.14 TFLOP.
    largePlan = speed > 1e12 ? Self.large : nil
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

public import Trainer

/// What the CPU does of the same work, which the device is held against.
public struct CPUWork: Sendable {
  /// The training of the plan.
  public let run: TrainingRun
  /// How fast all the CPU's cores train the network that the device's speed is measured with.
  public let speed: CPUSpeed

  public init(run: TrainingRun, speed: CPUSpeed) {
    self.run = run
    self.speed = speed
  }
}

/// How fast all the CPU's cores are.
public struct CPUSpeed: Hashable, Sendable {
  public let network: Network
  /// Seconds to train a row of a batch.
  public let row: Double
  /// Floating point operations a second in those steps, nearly all of them in matrix products.
  public let operations: Double
  public let cores: Int

  public init(network: Network, row: Double, operations: Double, cores: Int) {
    self.network = network
    self.row = row
    self.operations = operations
    self.cores = cores
  }
}

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

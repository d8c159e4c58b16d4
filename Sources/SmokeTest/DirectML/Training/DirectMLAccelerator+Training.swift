public import Accelerators
public import Trainer

extension DirectMLAccelerator {
  /// Trains in float32. An epoch is recorded once and executed again and again; after each, the
  /// probabilities come back in one copy, from which the host takes the losses.
  public func train(_ plan: TrainingPlan, on samples: Samples) throws(Trouble) -> TrainingRun {
    let network = try DeviceNetwork(opened(), plan, on: samples)
    var losses: [Float] = []
    var nanoseconds: UInt64 = 0
    for _ in 0..<plan.epochs {
      nanoseconds += try network.runEpoch()
      losses += try network.losses(samples.labels)
    }
    return TrainingRun(
      losses: losses, parameters: try network.currentParameters(), nanoseconds: nanoseconds)
  }
}

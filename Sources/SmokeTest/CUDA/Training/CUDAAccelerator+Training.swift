public import Accelerators
public import Trainer

extension CUDAAccelerator {
  /// Trains in float32, so that the CPU's numbers are the same up to rounding. An epoch is captured
  /// once and replayed; the losses stay on the device until the end.
  public func train(_ plan: TrainingPlan, on samples: Samples) throws(Trouble) -> TrainingRun {
    try train(plan, on: samples, with: nil)
  }

  /// - Parameter library: makes the products of the inputs instead of the test's own kernels.
  func train(
    _ plan: TrainingPlan, on samples: Samples, with library: CuBLAS?
  ) throws(Trouble) -> TrainingRun {
    let kernels = try opened()
    let context = kernels.context
    let steps = samples.count / plan.batch
    let network = try DeviceNetwork(
      kernels, plan, Parameters(plan.network, seed: plan.seed), precision: .float32,
      steps: steps * plan.epochs, library: library)
    let rows = try context.buffer(samples.rows)
    let labels = try context.buffer(samples.labels)
    let epoch = try Graph(kernels, times: steps) { step throws(Trouble) in
      let first = step * plan.batch
      try network.train(
        rows: rows.float(first * plan.network.inputs), labels: labels.float(first))
    }
    let seconds = try context.time { () throws(Trouble) in
      for _ in 0..<plan.epochs { try epoch.launch() }
    }
    return TrainingRun(
      losses: try network.losses(steps: steps * plan.epochs),
      parameters: try network.currentParameters(), nanoseconds: UInt64(seconds * 1e9))
  }
}

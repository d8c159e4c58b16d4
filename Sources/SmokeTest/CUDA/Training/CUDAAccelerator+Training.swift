public import Accelerators
public import Trainer

extension CUDAAccelerator {
  /// Trains in float32, so that the CPU's numbers are the same up to rounding. An epoch is captured
  /// once and replayed; the losses stay on the device until the end.
  public func train(_ plan: TrainingPlan, on samples: Samples) throws(Trouble) -> TrainingRun {
    try train(plan, on: samples, with: nil)
  }

  /// The same with the image's cuBLAS; nothing where there is none.
  func trainWithLibrary(
    _ plan: TrainingPlan, on samples: Samples
  ) throws(Trouble) -> TrainingRun? {
    guard let library = CuBLAS.find(image, try opened().context) else { return nil }
    return try train(plan, on: samples, with: library)
  }

  private func train(
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
    let (losses, parameters) = try network.download(steps: steps * plan.epochs)
    return TrainingRun(
      losses: losses, parameters: parameters, nanoseconds: UInt64(seconds * 1e9))
  }
}

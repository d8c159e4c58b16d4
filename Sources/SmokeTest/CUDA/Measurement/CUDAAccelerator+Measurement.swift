public import Accelerators
import CKernels
import Platform
import Trainer

extension CUDAAccelerator {
  /// At `quick` the test's own float32 kernels alone: the driver compiles those for the tensor cores
  /// longer than all of the rest takes, and so does cuBLAS to load.
  public func measure(_ level: Level) throws(Trouble) -> Throughput {
    try measure(level, Workload(for: device()))
  }

  func measure(_ level: Level, _ workload: Workload) throws(Trouble) -> Throughput {
    let kernels = try opened()
    let device = kernels.context.device
    let isFull = level == .full
    let step = try measureStep(workload.plan, workload, .float32, nil).seconds
    // The report compares like with like: the best that takes and gives float32 numbers.
    var best = (rate: 0.0, by: "", precision: Precision.float32)
    var facts = Facts()
    func measure(_ precision: Precision, _ library: CuBLAS?) throws(Trouble) {
      let product = try LargeProduct(kernels, precision, workload.productSize, library)
      let rate = try product.measure()
      facts.add(product.fact, rate, "FLOP/s")
      let isComparable = precision == .tf32 || precision == .float32
      if isComparable, rate > best.rate { best = (rate, product.by, precision) }
    }
    try measure(.float32, nil)
    let own: Precision = isFull && ProductTiles.tensorCores(device) ? .tf32 : .float32
    if own == .tf32 { try measure(own, nil) }
    if isFull {
      let library = CuBLAS.find(image, kernels.context)
      if let library {
        facts.add("cublas", library.path)
        let modern = device.capability >= Version(8, 0)
        for precision in Precision.allCases where modern || precision == .float32 {
          try measure(precision, library)
        }
      }
      if let plan = workload.largePlan {
        try measureLargeStep(plan, workload, own, library, &facts)
      }
      try sustain(LargeProduct(kernels, own, workload.productSize, nil), &facts)
    }
    return Throughput(
      step: step, plan: workload.plan, product: best.rate, productBy: best.by,
      bandwidth: try measureBandwidth(workload.copied),
      theoreticalProduct: device.theoreticalProduct(best.precision),
      theoreticalBandwidth: device.theoreticalBandwidth, facts: facts.all)
  }

  /// The large network's step by the test's own kernels, and by cuBLAS where the image has it.
  private func measureLargeStep(
    _ plan: TrainingPlan, _ workload: Workload, _ precision: Precision, _ library: CuBLAS?,
    _ facts: inout Facts
  ) throws(Trouble) {
    let own = try measureStep(plan, workload, precision, nil)
    facts.add("large-step-" + precision.key, own.seconds, "s")
    guard let library else { return }
    let theirs = try measureStep(plan, workload, precision, library)
    facts.add("large-step-cublas-" + precision.key, theirs.seconds, "s")
    // Both begin with the same numbers, so that the first loss differs by their rounding alone.
    guard (theirs.loss - own.loss).magnitude <= 1e-2 * own.loss.magnitude else {
      throw KernelCheck.trouble(
        "a step by cuBLAS " + precision.name + ": the loss is " + significant(Double(theirs.loss))
          + ", not " + significant(Double(own.loss)))
    }
  }

  /// - Returns: what a step of `plan` takes, the mean of a captured graph of some, and the loss of the
  ///   first one.
  private func measureStep(
    _ plan: TrainingPlan, _ workload: Workload, _ precision: Precision, _ library: CuBLAS?
  ) throws(Trouble) -> (seconds: Double, loss: Float) {
    let kernels = try opened()
    let context = kernels.context
    let steps = plan.repeats(at: workload.speed)
    let network = try DeviceNetwork(
      kernels, plan, Parameters(plan.network, seed: plan.seed), precision: precision,
      steps: (1 + FastestTime.most) * steps, library: library)
    let rows = try Buffer(context, floats: plan.batch * plan.network.inputs)
    try kernels.fillWithNoise(rows, seed: 3)
    let labels = try context.buffer(
      (0..<plan.batch).map { Int32($0 % plan.network.classes) })
    let graph = try Graph(kernels, times: steps) { _ throws(Trouble) in
      try network.train(rows: rows.address, labels: labels.address)
    }
    try graph.launch()
    let loss = try network.losses(steps: 1)[0]
    let seconds = try context.fastest { () throws(Trouble) in try graph.launch() }
    return (seconds / Double(steps), loss)
  }

  /// Bytes a second that a copy reads and writes in the device's memory, beyond its cache.
  private func measureBandwidth(_ bytes: Int) throws(Trouble) -> Double {
    let kernels = try opened()
    let context = kernels.context
    let from = try Buffer(context, bytes: bytes)
    let to = try Buffer(context, bytes: bytes)
    try kernels.fillWithNoise(from, seed: 4)
    func copy() throws(Trouble) {
      let count = UInt64(bytes / 16)
      try unsafe kernels.run(
        kernels_stream_launch(kernels_stream_copy, count),
        kernels_copy(from: from.address, to: to.address, count: count))
    }
    try copy()
    let copies = 3
    let seconds = try context.fastest { () throws(Trouble) in
      for _ in 0..<copies { try copy() }
    }
    return Double(copies * 2 * bytes) / seconds
  }

  /// Multiplies for a time and sees whether the device stays as fast and right. In the first pass it may
  /// not be as fast yet.
  private func sustain(_ product: LargeProduct, _ facts: inout Facts) throws(Trouble) {
    let stopwatch = Stopwatch()
    var slowest = Double.infinity
    var fastest = 0.0
    _ = try product.measure()
    repeat {
      let rate = try product.measure()
      slowest = min(slowest, rate)
      fastest = max(fastest, rate)
    } while Double(stopwatch.nanoseconds) < sustained * 1e9
    facts.add("sustained", Double(stopwatch.nanoseconds) / 1e9, "s")
    facts.add("sustained-slowest", slowest, "FLOP/s")
    facts.add("sustained-fastest", fastest, "FLOP/s")
  }
}

extension Kernels {
  /// Fills `buffer` with float32 numbers in [−1, 1).
  func fillWithNoise(_ buffer: Buffer, seed: UInt32) throws(Trouble) {
    let count = UInt64(buffer.bytes / 4)
    try unsafe run(
      kernels_stream_launch(kernels_stream_noise, count),
      kernels_fill(to: buffer.address, count: count, value: 0, seed: seed))
  }
}

public import Accelerators
import CKernels
import Platform
public import Trainer

extension CUDAAccelerator {
  /// At `quick` the test's own float32 kernels alone: the driver compiles those for the tensor cores
  /// longer than all of the rest takes, and so does cuBLAS to load.
  public func measure(_ level: Level) throws(Trouble) -> Throughput {
    let kernels = try opened()
    let device = kernels.context.device
    let workload = Workload(for: device)
    let step = try measureStep(workload.plan, .float32)
    var products = [try measureProduct(.float32)]
    var facts: [Fact] = []
    if level == .full {
      let own: Precision = ProductTiles.tensorCores(device) ? .tf32 : .float32
      if own == .tf32 { products.append(try measureProduct(own)) }
      let library = CuBLAS.find(image, kernels.context)
      if let library {
        facts.append(Fact("cublas", .text(library.path)))
        products += try measure(library)
      }
      // An emulated device would take minutes.
      if workload.plan == Workload.smallPlan {
        facts += try measureLargeStep(own, library)
      }
      facts += try sustain(own)
    }
    // The report compares like with like: the best that takes and gives float32 numbers.
    var best = products[0]
    for product in products {
      let isComparable = product.precision == .tf32 || product.precision == .float32
      if isComparable, product.rate > best.rate { best = product }
      facts.append(Fact(product.fact, .quantity(product.rate, unit: "FLOP/s")))
    }
    return Throughput(
      step: step, plan: workload.plan, product: best.rate, productBy: best.by,
      bandwidth: try measureBandwidth(),
      theoreticalProduct: device.theoreticalProduct(best.precision),
      theoreticalBandwidth: device.theoreticalBandwidth, facts: facts)
  }

  /// Seconds that a training step of `plan` takes, the mean of a captured graph of some steps.
  public func measureStep(_ plan: TrainingPlan, _ precision: Precision) throws(Trouble) -> Double {
    try measureStep(plan, precision, nil).seconds
  }

  /// The large network's step by the test's own kernels, and by cuBLAS where the image has it.
  private func measureLargeStep(
    _ precision: Precision, _ library: CuBLAS?
  ) throws(Trouble) -> [Fact] {
    let own = try measureStep(Workload.largePlan, precision, nil)
    var facts = Facts()
    facts.add("large-step-" + precision.key, own.seconds, "s")
    guard let library else { return facts.all }
    let theirs = try measureStep(Workload.largePlan, precision, library)
    facts.add("large-step-cublas-" + precision.key, theirs.seconds, "s")
    // Both begin with the same numbers, so that the first loss differs by their rounding alone.
    guard (theirs.loss - own.loss).magnitude <= 1e-2 * own.loss.magnitude else {
      throw KernelCheck.trouble(
        "a step by cuBLAS " + precision.name + ": the loss is " + significant(Double(theirs.loss))
          + ", not " + significant(Double(own.loss)))
    }
    return facts.all
  }

  private func measureStep(
    _ plan: TrainingPlan, _ precision: Precision, _ library: CuBLAS?
  ) throws(Trouble) -> (seconds: Double, loss: Float) {
    let kernels = try opened()
    let context = kernels.context
    let steps = Workload(for: context.device).steps
    let network = try DeviceNetwork(
      kernels, plan, Parameters(plan.network, seed: plan.seed), precision: precision,
      steps: 2 * steps, library: library)
    let rows = try Buffer(context, floats: plan.batch * plan.network.inputs)
    try kernels.fillWithNoise(rows, seed: 3)
    let labels = try context.buffer(
      (0..<plan.batch).map { Int32($0 % plan.network.classes) })
    let graph = try Graph(kernels, times: steps) { _ throws(Trouble) in
      try network.train(rows: rows.address, labels: labels.address)
    }
    try graph.launch()
    let seconds = try context.time { () throws(Trouble) in try graph.launch() }
    let loss = try network.download(steps: 1).losses[0]
    return (seconds / Double(steps), loss)
  }

  /// A product's speed.
  public final class ProductRate: Sendable {
    /// Operations a second, two for each multiplication.
    public let rate: Double
    /// Who made it and how, like `kiln TF32`.
    public let by: String
    /// The same as a fact's name.
    let fact: String
    public let precision: Precision

    init(rate: Double, by: String, fact: String, precision: Precision) {
      self.rate = rate
      self.by = by
      self.fact = fact
      self.precision = precision
    }
  }

  /// The test's own kernels' speed at a large product, of which some numbers are held against float64.
  public func measureProduct(_ precision: Precision) throws(Trouble) -> ProductRate {
    try LargeProduct(opened(), precision).measure()
  }

  /// cuBLAS's speed in each precision that the device has; nothing where the image has no cuBLAS.
  public func measureLibrary() throws(Trouble) -> [ProductRate] {
    guard let library = CuBLAS.find(image, try opened().context) else { return [] }
    return try measure(library)
  }

  private func measure(_ library: CuBLAS) throws(Trouble) -> [ProductRate] {
    let kernels = try opened()
    let modern = kernels.context.device.capability >= Version(8, 0)
    var rates: [ProductRate] = []
    for precision in Precision.allCases where modern || precision == .float32 {
      rates.append(try LargeProduct(kernels, precision).measure(library))
    }
    return rates
  }

  /// Bytes a second that a copy reads and writes in the device's memory, beyond its cache.
  public func measureBandwidth() throws(Trouble) -> Double {
    let kernels = try opened()
    let context = kernels.context
    let bytes = Workload(for: context.device).copied
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
    let seconds = try context.time { () throws(Trouble) in for _ in 0..<3 { try copy() } }
    return 3 * 2 * Double(bytes) / seconds
  }

  /// Multiplies for a time and sees whether the device stays as fast and right.
  private func sustain(_ precision: Precision) throws(Trouble) -> [Fact] {
    let product = try LargeProduct(opened(), precision)
    let stopwatch = Stopwatch()
    var slowest = Double.infinity
    var fastest = 0.0
    repeat {
      let rate = try product.measure().rate
      slowest = min(slowest, rate)
      fastest = max(fastest, rate)
    } while Double(stopwatch.nanoseconds) < sustained * 1e9
    var facts = Facts()
    facts.add("sustained", Double(stopwatch.nanoseconds) / 1e9, "s")
    facts.add("sustained-slowest", slowest, "FLOP/s")
    facts.add("sustained-fastest", fastest, "FLOP/s")
    return facts.all
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

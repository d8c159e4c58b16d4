public import Accelerators
import CDirectML
import Trainer

extension DirectMLAccelerator {
  /// By the host's clock, from the call to the fence, over work of some milliseconds.
  public func measure(_ level: Level) throws(Trouble) -> Throughput {
    let isGPU = try emulation() == nil
    let plan = isGPU ? Self.plan : .digits
    var facts = [Fact("clock", .text("the host's, around fences"))]
    let step = try measureStep(plan, repeats: isGPU ? 10 : 1)
    var (rate, size) = try measureProduct(isGPU ? 1024 : 136)
    // A fast GPU does that one before it has begun.
    if rate > 1e12 { (rate, size) = try measureProduct(level == .full ? 8192 : 4096) }
    facts.append(Fact("product-size", .count(size)))
    return Throughput(
      step: step, plan: plan, product: rate, productBy: "DirectML float32",
      bandwidth: try measureBandwidth(bytes: isGPU ? 256 << 20 : 1 << 20),
      theoreticalProduct: nil, theoreticalBandwidth: nil, facts: facts)
  }

  /// A net in whose steps launches cost as much as arithmetic.
  private static let plan = TrainingPlan(
    network: Network(inputs: 256, hidden: 1024, classes: 16), batch: 4096, epochs: 1,
    learningRate: 0.01, momentum: 0.9, seed: 1)

  /// Seconds that a training step takes, the mean of some that are executed together.
  private func measureStep(_ plan: TrainingPlan, repeats: Int) throws(Trouble) -> Double {
    var random = RandomNumbers(seed: 3)
    let samples = Samples(
      rows: (0..<plan.batch * plan.network.inputs).map { _ in random.nextSigned() },
      labels: (0..<plan.batch).map { Int32($0 % plan.network.classes) })
    let network = try DeviceNetwork(opened(), plan, on: samples, repeats: repeats)
    _ = try network.runEpoch()
    return Double(try network.runEpoch()) / 1e9 / Double(repeats)
  }

  /// Operations a second of a square product, of which some numbers are held against float64.
  private func measureProduct(_ size: Int) throws(Trouble) -> (rate: Double, size: Int) {
    let device = try opened()
    var random = RandomNumbers(seed: 5)
    let left = (0..<size * size).map { _ in random.nextSigned() }
    let right = (0..<size * size).map { _ in random.nextSigned() }
    let result = try Buffer(device, bytes: size * size * MemoryLayout<Float>.stride)
    let dispatch = Dispatch(
      try Operator(device, .product(rows: size, depth: size, columns: size)),
      [try device.buffer(left).all, try device.buffer(right).all, nil], result.all)
    let runs = 3
    let sequence = try Sequence(device, [Dispatch](repeating: dispatch, count: runs))
    try sequence.run()
    let seconds = Double(try sequence.run()) / 1e9
    let row = try device.download(result.all, count: size)
    // float32 moves a sum of `size` terms of either sign by a few times its root.
    let tolerance = 4 * 0x1p-24 * Double(size)
    for column in stride(from: 0, to: size, by: size / 8 + 1) {
      var sum = 0.0
      for index in 0..<size { sum += Double(left[index]) * Double(right[index * size + column]) }
      guard (Double(row[column]) - sum).magnitude <= tolerance else {
        throw OperatorCheck.trouble(
          "GEMM, \(size) wide: number \(column) is \(row[column]), not \(sum)")
      }
    }
    let edge = Double(size)
    return (Double(runs) * 2 * edge * edge * edge / seconds, size)
  }

  /// Bytes a second that a copy reads and writes in the device's memory.
  private func measureBandwidth(bytes: Int) throws(Trouble) -> Double {
    let device = try opened()
    let (from, to) = (try Buffer(device, bytes: bytes), try Buffer(device, bytes: bytes))
    let copies = 4
    let list = try CommandList(device) { list in
      for _ in 0..<copies { list.copy(from.all, to: to.all) }
    }
    try device.execute(list)
    return Double(copies * 2 * bytes) / (Double(try device.execute(list)) / 1e9)
  }
}

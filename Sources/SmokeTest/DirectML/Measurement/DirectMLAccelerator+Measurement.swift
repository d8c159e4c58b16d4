public import Accelerators
import CDirectML
import Trainer

extension DirectMLAccelerator {
  /// By the host's clock, from the call to the fence, over work of some milliseconds.
  public func measure(_ level: Level) throws(Trouble) -> Throughput {
    let device = try opened()
    let isGPU = emulation == nil
    let plan = isGPU ? Self.plan : .digits
    let step = try measureStep(device, plan, repeats: isGPU ? 10 : 1)
    var size = isGPU ? 1024 : 136
    var rate = try measureProduct(device, size)
    // A fast GPU does that one before it has begun.
    if rate > 1e12 {
      size = level == .full ? 8192 : 4096
      rate = try measureProduct(device, size)
    }
    var facts = Facts()
    facts.add("clock", "the host's, around fences")
    facts.add("product-size", size)
    return Throughput(
      step: step, plan: plan, product: rate, productBy: "DirectML float32",
      bandwidth: try measureBandwidth(device, bytes: isGPU ? 256 << 20 : 1 << 20),
      theoreticalProduct: nil, theoreticalBandwidth: nil, facts: facts.all)
  }

  /// A net in whose steps launches cost as much as arithmetic.
  private static var plan: TrainingPlan {
    TrainingPlan(
      network: Network(inputs: 256, hidden: 1024, classes: 16), batch: 4096, epochs: 1,
      learningRate: 0.01, momentum: 0.9, seed: 1)
  }

  /// Seconds that a training step takes, the mean of some that are executed together.
  private func measureStep(
    _ device: Device, _ plan: TrainingPlan, repeats: Int
  ) throws(Trouble) -> Double {
    var labels: [Int32] = []
    for row in 0..<plan.batch { labels.append(Int32(row % plan.network.classes)) }
    let samples = Samples(rows: noise(plan.batch * plan.network.inputs), labels: labels)
    let network = try DeviceNetwork(device, plan, on: samples, repeats: repeats)
    _ = try network.runEpoch()
    return Double(try network.runEpoch()) / 1e9 / Double(repeats)
  }

  /// Operations a second of a square product, of which some numbers are held against float64.
  private func measureProduct(_ device: Device, _ size: Int) throws(Trouble) -> Double {
    let count = size * size
    let numbers = noise(3 * count)
    let buffer = try device.buffer(numbers)
    func region(_ index: Int) -> Region {
      let bytes = count * MemoryLayout<Float>.stride
      return Region(buffer: buffer, offset: index * bytes, bytes: bytes)
    }
    let product = dml_product(UInt32(size), UInt32(size), UInt32(size))
    let dispatch = Dispatch(
      operation: try Operator(device, product), inputs: [region(0), region(1), nil],
      output: region(2))
    let runs = 3
    let sequence = try Sequence(device, [Dispatch](repeating: dispatch, count: runs))
    try sequence.run()
    let seconds = Double(try sequence.run()) / 1e9
    let row = try device.download(buffer, from: 2 * count, count: size)
    // float32 moves a sum of `size` terms of either sign by a few times its root.
    let tolerance = 4 * 0x1p-24 * Double(size)
    var column = 0
    while column < size {
      var sum = 0.0
      for index in 0..<size {
        sum += Double(numbers[index]) * Double(numbers[count + index * size + column])
      }
      guard (Double(row[column]) - sum).magnitude <= tolerance else {
        throw OperatorCheck.trouble("GEMM, \(size) wide", column, row[column], sum)
      }
      column += size / 8 + 1
    }
    let edge = Double(size)
    return Double(runs) * 2 * edge * edge * edge / seconds
  }

  /// Bytes a second that a copy reads and writes in the device's memory.
  private func measureBandwidth(_ device: Device, bytes: Int) throws(Trouble) -> Double {
    let (from, to) = (try Buffer(device, bytes: bytes), try Buffer(device, bytes: bytes))
    let copies = 4
    let list = try CommandList(device)
    for _ in 0..<copies { list.copy(from, to: to, bytes: bytes) }
    try list.close()
    try device.execute(list)
    return Double(copies * 2 * bytes) / (Double(try device.execute(list)) / 1e9)
  }

  @inline(never)
  private func noise(_ count: Int) -> [Float] {
    var random = RandomNumbers(seed: 3)
    var numbers: [Float] = []
    numbers.reserveCapacity(count)
    for _ in 0..<count { numbers.append(random.nextSigned()) }
    return numbers
  }
}

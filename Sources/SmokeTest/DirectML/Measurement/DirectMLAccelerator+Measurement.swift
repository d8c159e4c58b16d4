public import Accelerators
import CDirectML
import Platform
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
      size = level == .full && rate > 4e12 ? 8192 : 4096
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

  /// Operations a second of a square product, of which a row is held against float64.
  private func measureProduct(_ device: Device, _ size: Int) throws(Trouble) -> Double {
    let edge = UInt32(size)
    var product = dml_product(edge, edge, edge)
    var place = unsafe dml_place_operation(&product, false)
    var numbers = [Float](repeating: 0, count: place.total)
    unsafe dml_fill_inputs(&product, &place, 3, &numbers)
    let memory = try device.buffer(numbers)
    let dispatch = Dispatch(try Operator(device, product), [Region](product, place))
    let runs = 3
    let sequence = try Sequence(device, memory, [Dispatch](repeating: dispatch, count: runs))
    try sequence.run()
    let seconds = Double(try sequence.run()) / 1e9
    let row = try device.download(
      memory, from: unsafe dml_place_start(&place, Int(product.inputs)), count: size)
    var firstRow = product
    firstRow.output.rows = 1
    var wanted = [Double](repeating: 0, count: size)
    unsafe dml_expect(&firstRow, &place, numbers, &wanted)
    // float32 moves a sum of `size` terms of either sign by a few times its root.
    _ = try OperatorCheck.compare(
      row, wanted, 0x1p-22 * Double(size), "GEMM, " + decimal(size) + " wide")
    return Double(runs) * 2 * Double(size) * Double(size) * Double(size) / seconds
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

  private func noise(_ count: Int) -> [Float] {
    var numbers = [Float](repeating: 0, count: count)
    unsafe com_fill_noise(&numbers, count, 1)
    return numbers
  }
}

public import Accelerators
import CDirectML
import Platform
import Trainer

extension DirectMLAccelerator {
  /// By the host's clock, from the call to the fence, over work of some milliseconds.
  public func measure(_ level: Level) throws(Trouble) -> Throughput {
    let device = try opened()
    let isGPU = emulation == nil
    var size = isGPU ? 1024 : 136
    var rate = try measureProduct(device, size)
    // A fast GPU does that one before it has begun. The matrices are 200 MB at most, twice, of what WSL
    // gives the host, and as much of the device's own.
    if rate > 1e12 {
      size = rate > 4e12 ? 4096 : 2048
      rate = try measureProduct(device, size)
    }
    let plan = isGPU ? TrainingPlan.speed : .digits
    let step = try measureStep(device, plan, repeats: isGPU ? plan.repeats(at: rate) : 1)
    var facts = Facts()
    facts.add("clock", "the host's, around fences")
    facts.add("product-size", size)
    return Throughput(
      step: step, plan: plan, product: rate, productBy: "DirectML float32",
      bandwidth: try measureBandwidth(device, bytes: isGPU ? 256 << 20 : 1 << 20),
      theoreticalProduct: nil, theoreticalBandwidth: nil, facts: facts.all)
  }

  /// Seconds that a training step takes, the mean of some that are executed together.
  private func measureStep(
    _ device: Device, _ plan: TrainingPlan, repeats: Int
  ) throws(Trouble) -> Double {
    let samples = Samples.random(count: plan.batch, for: plan.network, seed: 1)
    let network = try DeviceNetwork(device, plan, on: samples, repeats: repeats)
    let seconds = try fastest { () throws(Trouble) in try network.runEpoch() }
    return seconds / Double(repeats)
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
    let seconds = try fastest { () throws(Trouble) in try sequence.run() }
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
    let seconds = try fastest { () throws(Trouble) in try device.execute(list) }
    return Double(copies * 2 * bytes) / seconds
  }

  /// Seconds of the fastest of several runs after one to warm up.
  ///
  /// - Parameter run: returns the time that it took, in nanoseconds.
  private func fastest(_ run: () throws(Trouble) -> UInt64) throws(Trouble) -> Double {
    _ = try run()
    var time = FastestTime()
    while !time.isKnown { time.take(Double(try run()) / 1e9) }
    return time.seconds
  }
}

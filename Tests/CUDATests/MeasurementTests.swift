import Accelerators
import Testing
import Trainer

@testable import CUDA

@Suite struct MeasurementTests {
  /// A small one of everything that a real GPU gets, which the double does in a second.
  private static let workload = Workload(
    plan: plan(batch: 64, inputs: 32), largePlan: plan(batch: 128, inputs: 64), productSize: 96,
    copied: 1 << 20, speed: 2e8)

  private static func plan(batch: Int, inputs: Int) -> TrainingPlan {
    TrainingPlan(
      network: Network(inputs: inputs, hidden: 64, classes: 16), batch: batch, epochs: 1,
      learningRate: 0.01, momentum: 0.9, seed: 1)
  }

  /// Each launch takes a millisecond: a step is five of them, a product one, a copy one.
  @Test func ratesAreOperationsByTime() throws {
    let throughput = try withDouble(["TICK": "1000"]) { try $0.measure(.quick, Self.workload) }
    #expect((throughput.step - 5e-3).magnitude < 1e-8)
    #expect((throughput.product / (2e3 * 96 * 96 * 96) - 1).magnitude < 1e-5)
    #expect((throughput.bandwidth / (2e3 * 1_048_576) - 1).magnitude < 1e-5)
    #expect(throughput.plan == Self.workload.plan)
    #expect(throughput.productBy == "kiln float32")
    #expect(throughput.theoreticalProduct == 512e6 && throughput.theoreticalBandwidth == 16e9)
    #expect(throughput.facts.map(\.name) == ["product-kiln-float32"])
  }

  /// Without a workload it suits the device, which here is none.
  @Test func anEmulatorTrainsTheDigits() throws {
    let throughput = try withDouble { try $0.measure(.quick) }
    #expect(throughput.step > 0 && throughput.product > 0 && throughput.bandwidth > 0)
    #expect(throughput.plan == .digits)
  }

  @Test func withoutTensorCoresTheProductIsFloat32() throws {
    let (throughput, times) = try withDouble(["CAPABILITY": "7.5", "TICK": "1000"]) { gpu in
      (
        try gpu.measure(.full, Self.workload), try calls(of: "cuEventElapsedTime", by: gpu)
      )
    }
    // Twice each: a step, a product, a large step, a copy, and both passes of the load that lasts no
    // time; the first of them does not count.
    #expect(times == 12)
    #expect(
      throughput.facts.map(\.name) == [
        "product-kiln-float32", "large-step-float32", "sustained", "sustained-slowest",
        "sustained-fastest",
      ])
    #expect(throughput.productBy == "kiln float32")
  }

  @Test func theFullMeasurementHasALargeStepAndALoad() throws {
    let facts = try withDouble(["TICK": "1000"]) { try $0.measure(.full, Self.workload).facts }
    #expect(
      facts.map(\.name) == [
        "product-kiln-float32", "product-kiln-tf32", "large-step-tf32", "sustained",
        "sustained-slowest", "sustained-fastest",
      ])
    #expect(facts["sustained-slowest"] == facts["sustained-fastest"])
    #expect(facts["large-step-tf32"] == .quantity(5e-3, unit: "s"))
  }

  /// The double plays cuBLAS too.
  @Test func theFullMeasurementUsesAndNamesCuBLAS() throws {
    let facts = try withDouble(["TICK": "1000"], hasLibrary: true) {
      try $0.measure(.full, Self.workload).facts
    }
    guard case .text(let path)? = facts["cublas"] else {
      Issue.record("not named")
      return
    }
    #expect(path.hasPrefix("/"))
    #expect(
      facts.map(\.name).filter { $0.hasPrefix("product-cublas") } == [
        "product-cublas-float32", "product-cublas-tf32", "product-cublas-float16",
        "product-cublas-bfloat16",
      ])
    #expect(facts["large-step-cublas-tf32"] != nil)
  }

  @Test func aStepByCuBLASThatIsWrong() throws {
    let found = try withDouble(["WRONG": "cublas", "TICK": "1000"], hasLibrary: true) {
      trouble(of: $0) { (gpu) throws(Trouble) in _ = try gpu.measure(.full, Self.workload) }
    }
    #expect(found?.code == "G2955")
    #expect(found?.seen.hasPrefix("a step by cuBLAS TF32: the loss is ") == true)
  }

  /// From the slowest GPU that can run the kernels to the fastest. At 2 multiprocessors and 256
  /// operations a clock, 10 GHz are 5.12 TFLOP/s.
  @Test(arguments: [
    (1_000, 136, false, 2), (781_250, 1024, false, 1), (1_900_000, 1024, false, 4),
    (2_000_000, 1024, true, 4), (10_000_000, 2048, true, 10), (131_000_000, 4096, true, 10),
  ])
  func theWorkSuitsTheDevice(
    _ clock: Int, _ size: Int, _ hasLarge: Bool, _ repeats: Int
  ) throws {
    let device = try withDouble(["CLOCK": String(clock)]) { try $0.device() }
    let work = Workload(for: device)
    #expect(work.speed == Double(clock) * 512e3)
    #expect(work.productSize == size)
    #expect(work.plan == (clock == 1_000 ? .digits : .speed))
    #expect(work.largePlan == (hasLarge ? Workload.large : nil))
    #expect(work.plan.repeats(at: work.speed) == repeats)
    #expect(work.copied == (clock == 1_000 ? 2 << 20 : 64 << 20))
    // What is queued at once must not come near the 2 s after which Windows takes a device away, even
    // where it reaches a third of its speed.
    let products = 3 * 2 * Double(size * size * size)
    let steps = [work.plan, work.largePlan].compactMap { plan in
      plan.map { $0.operations * Double($0.repeats(at: work.speed)) }
    }
    for operations in steps + [products] { #expect(operations / work.speed < 0.15) }
  }

  /// What is copied and tested is beyond the cache.
  @Test func theMemoryIsBeyondTheCache() throws {
    let settings = ["CLOCK": "10000000", "CACHE": String(126 << 20)]
    #expect(Workload(for: try withDouble(settings) { try $0.device() }).copied == 252 << 20)
  }
}

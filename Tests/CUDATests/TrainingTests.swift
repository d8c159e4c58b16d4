import Accelerators
import Testing
import Trainer

@testable import CUDA

@Suite struct TrainingTests {
  /// A few epochs of the digits; the CPU takes milliseconds, the double a second.
  private static let plan = TrainingPlan(
    network: TrainingPlan.digits.network, batch: 192, epochs: 3, learningRate: 0.2,
    momentum: 0.9, seed: 1)

  @Test func agreesWithTheCPU() throws {
    let digits = Digits()
    let run = try withDouble { try $0.train(Self.plan, on: digits.training) }
    let reference = CPUTrainer.train(Self.plan, on: digits.training)
    #expect(run.losses.count == 3 * Self.plan.steps(on: digits.training))
    #expect(run.losses.distance(to: reference.losses) < 1e-5)
    #expect(run.parameters.numbers.distance(to: reference.parameters.numbers) < 1e-4)
    #expect(run.nanoseconds > 0)
  }

  @Test func givesTheSameBitsAgain() throws {
    let samples = Digits().training
    let (first, second) = try withDouble { gpu in
      (try gpu.train(Self.plan, on: samples), try gpu.train(Self.plan, on: samples))
    }
    #expect(first.parameters == second.parameters)
    #expect(first.losses == second.losses)
  }

  /// More than 16 classes take other kernels; sizes that are no multiple of anything.
  @Test(arguments: ["7.5", "9.0"])
  func aWideNetworkAgreesWithTheCPU(_ capability: String) throws {
    let network = Network(inputs: 13, hidden: 37, classes: 21)
    let plan = TrainingPlan(
      network: network, batch: 70, epochs: 4, learningRate: 0.1, momentum: 0.9, seed: 3)
    var random = RandomNumbers(seed: 8)
    let samples = Samples(
      rows: (0..<150 * 13).map { _ in random.nextSigned() },
      labels: (0..<150).map { Int32($0 * 7 % 21) })
    let run = try withDouble(["CAPABILITY": capability]) { try $0.train(plan, on: samples) }
    let reference = CPUTrainer.train(plan, on: samples)
    #expect(run.losses.distance(to: reference.losses) < 1e-5)
    #expect(run.parameters.numbers.distance(to: reference.parameters.numbers) < 1e-5)
  }

  /// cuBLAS in the captured graph: the double refuses to multiply there without a workspace.
  @Test func cuBLASTrainsTheSame() throws {
    let samples = Digits().training
    let run = try withDouble(hasLibrary: true) { try Self.trainWithLibrary($0, samples) }
    let reference = CPUTrainer.train(Self.plan, on: samples)
    #expect(try #require(run).losses.distance(to: reference.losses) < 1e-5)
    #expect(try #require(run).parameters.numbers.distance(to: reference.parameters.numbers) < 1e-4)
    #expect(try withDouble { try Self.trainWithLibrary($0, samples) } == nil)
  }

  /// Nothing where there is no cuBLAS.
  private static func trainWithLibrary(
    _ gpu: CUDAAccelerator, _ samples: Samples
  ) throws -> TrainingRun? {
    guard let library = CuBLAS.find(gpu.image, try gpu.opened().context) else { return nil }
    return try gpu.train(plan, on: samples, with: library)
  }

  /// An epoch is captured once, five kernels for each of its steps, and replayed.
  @Test func trainsByReplayingAGraph() throws {
    let samples = Digits().training
    try withDouble { gpu in
      _ = try gpu.train(Self.plan, on: samples)
      let launches = UInt64(5 * Self.plan.steps(on: samples))
      #expect(try calls(of: "cuLaunchKernel", by: gpu) == launches)
      #expect(try calls(of: "cuGraphInstantiateWithFlags", by: gpu) == 1)
      #expect(try calls(of: "cuGraphLaunch", by: gpu) == 3)
    }
  }

  /// The graph does the work: the failure of its launch is what is seen.
  @Test func aGraphThatDoesNotStart() throws {
    let trouble = try trouble(["FAIL": "cuGraphLaunch:719"]) { (gpu) throws(Trouble) in
      _ = try gpu.train(Self.plan, on: Digits().training)
    }
    #expect(trouble?.code == "G2719")
    #expect(trouble?.seen.hasPrefix("cuGraphLaunch: CUDA_ERROR_LAUNCH_FAILED (719)") == true)
  }
}

extension [Float] {
  fileprivate func distance(to other: [Float]) -> Float {
    count == other.count
      ? zip(self, other).map { ($0 - $1).magnitude }.reduce(0, Swift.max) : .infinity
  }
}

extension Parameters {
  fileprivate var numbers: [Float] { hiddenWeights + hiddenBiases + outputWeights + outputBiases }
}

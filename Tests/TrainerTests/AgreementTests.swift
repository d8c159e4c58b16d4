import Testing

@testable import Trainer

@Suite struct AgreementTests {
  private let digits = Digits()

  /// A usual seed and those that went farthest of the 200 that `Tolerance.float32` is derived from.
  /// Two float32 runs may be twice as far apart as each is from float64: half of it must do here.
  @Test(arguments: [1, 8, 78, 105] as [UInt64])
  func float32StaysNearFloat64(seed: UInt64) {
    let plan = TrainingPlan.digits.reseeded(seed)
    let run = CPUTrainer.train(plan, on: digits.training)
    let reference = Reference.train(plan, on: digits.training)
    let drift = Agreement(
      run,
      TrainingRun(
        losses: reference.losses.map { Float($0) }, parameters: reference.parameters.rounded,
        nanoseconds: 0))
    let allowed = Agreement.Tolerance.float32
    let half = Agreement.Tolerance(
      firstLosses: allowed.firstLosses / 2, losses: allowed.losses / 2, weights: allowed.weights / 2
    )
    #expect(drift.isWithin(half), "\(drift)")
    #expect(drift.weights > 0)
  }

  @Test func anotherArithmeticIsFound() {
    let run = CPUTrainer.train(.digits, on: digits.training)
    #expect(Agreement(run, run).isWithin(.init(firstLosses: 0, losses: 0, weights: 0)))
    let other = CPUTrainer.train(TrainingPlan.digits.reseeded(2), on: digits.training)
    #expect(!Agreement(run, other).isWithin(.float32))
    let faster = CPUTrainer.train(
      TrainingPlan.digits.reseeded(1, learningRate: 0.801), on: digits.training)
    #expect(!Agreement(run, faster).isWithin(.float32))
  }

  @Test func oneWrongNumberIsFound() throws {
    let run = CPUTrainer.train(.digits, on: digits.training)
    try #require(run.losses.count == 140)
    var broken = run.parameters
    broken.outputWeights[17] += 3e-4
    let weights = TrainingRun(losses: run.losses, parameters: broken, nanoseconds: 1)
    #expect(!Agreement(run, weights).isWithin(.float32))
    broken.outputWeights[17] = .nan
    let nothing = TrainingRun(losses: run.losses, parameters: broken, nanoseconds: 1)
    #expect(Agreement(run, nothing).weights == .infinity)
    for (step, change) in [(0, Float(1e-5)), (139, 4e-5), (5, .infinity), (70, .nan)] {
      var losses = run.losses
      losses[step] += change
      let other = TrainingRun(losses: losses, parameters: run.parameters, nanoseconds: 1)
      #expect(!Agreement(run, other).isWithin(.float32), "step \(step)")
      #expect(!Agreement(other, run).isWithin(.float32), "step \(step)")
    }
    let short = TrainingRun(losses: run.losses.dropLast(), parameters: broken, nanoseconds: 1)
    #expect(Agreement(run, short).losses == .infinity)
  }
}

extension TrainingPlan {
  /// The same plan from another beginning.
  func reseeded(_ seed: UInt64, learningRate: Float? = nil) -> TrainingPlan {
    TrainingPlan(
      network: network, batch: batch, epochs: epochs,
      learningRate: learningRate ?? self.learningRate,
      momentum: momentum, seed: seed)
  }
}

extension Reference {
  /// As the float32 nearest to each number.
  var rounded: Parameters {
    func round(_ numbers: [Double]) -> [Float] { numbers.map { Float($0) } }
    return Parameters(
      hiddenWeights: round(hiddenWeights.numbers), hiddenBiases: round(hiddenBiases),
      outputWeights: round(outputWeights.numbers), outputBiases: round(outputBiases))
  }
}

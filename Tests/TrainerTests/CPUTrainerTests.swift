import Testing

@testable import Trainer

@Suite struct CPUTrainerTests {
  private let digits = Digits()

  @Test(arguments: 1...20)
  func theDigitsAreLearntFromAnySeed(seed: Int) throws {
    let run = CPUTrainer.train(TrainingPlan.digits.reseeded(UInt64(seed)), on: digits.training)
    try #require(run.losses.count == 140)
    #expect((2...3).contains(run.losses[0]))
    #expect(run.losses[139] < 0.05)
    #expect(run.parameters.accuracy(on: digits.heldOut) >= 0.97)
    let untrained = Parameters(TrainingPlan.digits.network, seed: UInt64(seed))
    #expect(untrained.accuracy(on: digits.heldOut) < 0.5)
  }

  /// Shapes of a step that no tile and no vector divides, against float64.
  @Test(arguments: [(1, 1, 1, 2), (3, 5, 3, 3), (17, 65, 33, 10), (65, 17, 130, 21)])
  func aTrainingOfAnyShapeIsTheReferences(batch: Int, inputs: Int, hidden: Int, classes: Int) {
    let plan = TrainingPlan(
      network: Network(inputs: inputs, hidden: hidden, classes: classes), batch: batch, epochs: 3,
      learningRate: 0.1, momentum: 0.9, seed: 2)
    let samples = Samples.random(count: 3 * batch + 1, for: plan.network, seed: 3)
    let run = CPUTrainer.train(plan, on: samples)
    let reference = Reference.train(plan, on: samples)
    #expect(run.losses.count == (batch == 1 ? 12 : 9))
    #expect(maximumRelativeError(run.losses, against: reference.losses) < 1e-6)
    #expect(maximumRelativeError(run.parameters.all, against: reference.parameters.all) < 1e-6)
  }

  @Test func theBytesAreTheSameInEveryRunAndOnAnyThreads() {
    let plan = TrainingPlan(
      network: Network(inputs: 65, hidden: 131, classes: 11), batch: 257, epochs: 2,
      learningRate: 0.1, momentum: 0.9, seed: 2)
    let samples = Samples.random(count: 1028, for: plan.network, seed: 3)
    let expected = CPUTrainer.train(plan, on: samples, threads: 1)
    for threads in [1, 2, 3, 7] {
      let run = CPUTrainer.train(plan, on: samples, threads: threads)
      #expect(run.losses == expected.losses)
      #expect(run.parameters == expected.parameters)
    }
  }

  @Test func largeStepsAreSharedAndMeasured() {
    let plan = TrainingPlan(
      network: Network(inputs: 64, hidden: 64, classes: 16), batch: 128, epochs: 1,
      learningRate: 0.1, momentum: 0.9, seed: 1)
    let step = CPUMeasurement.step(plan, threads: 2)
    #expect(step.threads == 2)
    #expect((step.rate * step.seconds / plan.operations - 1).magnitude < 1e-12)
    let product = CPUMeasurement.product(side: 128, threads: 1)
    #expect(product.threads == 1 && product.rate > 1e8)
    #expect(Processors.count >= 1)
  }
}

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

  /// No processor does less than 0.1 or more than 1000 GFLOP/s, alone or busy with other tests.
  @Test(arguments: [false, true])
  func allCoresAreMeasured(_ exactly: Bool) {
    let plan = TrainingPlan(
      network: Network(inputs: 256, hidden: 256, classes: 16), batch: 1024, epochs: 1,
      learningRate: 0.1, momentum: 0.9, seed: 1)
    let speed = CPUSpeed.measure(plan, exactly: exactly)
    let possible = 1e8...1e12 * Double(speed.cores)
    #expect(speed.cores == Processors.count)
    #expect(speed.network == plan.network)
    #expect(possible.contains(speed.product))
    #expect(possible.contains(plan.operations / Double(plan.batch) / speed.row))
  }

  @Test func stepsAreTimedTogetherUpToSomeMilliseconds() {
    let plan = TrainingPlan.speed
    #expect([1e8, 1e11, 1e12, 1e14].map { plan.repeats(at: $0) } == [1, 1, 4, 10])
    #expect(plan.repeats(at: .nan) >= 1 && plan.repeats(at: .infinity) == 10)
  }

  /// As a device may send them.
  @Test func parametersThatAreNoNetworkTellNothingApart() {
    var parameters = CPUTrainer.train(.digits, on: digits.training).parameters
    parameters.hiddenWeights = []
    #expect(parameters.accuracy(on: digits.heldOut) == 0)
    parameters.outputBiases = []
    #expect(parameters.accuracy(on: digits.heldOut) == 0)
  }
}

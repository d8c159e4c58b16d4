import Accelerators
import DirectML
import Testing
import Trainer

extension Tier2 {
  /// The training on the double against the CPU's.
  @Suite struct TrainingTests {
    @Test func staysWithTheCPUFor200Steps() throws {
      let plan = TrainingPlan(
        network: TrainingPlan.digits.network, batch: 192, epochs: 29, learningRate: 0.1,
        momentum: 0.9, seed: 1)
      let samples = Digits().training
      let double = try Double()
      let run = try DirectMLAccelerator(libraries: Built.libraries).train(plan, on: samples)
      let reference = CPUTrainer.train(plan, on: samples)
      #expect(run.losses.count == 203)
      #expect(run.losses.distance(to: reference.losses) < 1e-6)
      #expect(run.parameters.numbers.distance(to: reference.parameters.numbers) < 1e-6)
      #expect(run.nanoseconds > 0)
      #expect(double.objects == 0)
    }

    @Test func learnsTheDigits() throws {
      let digits = Digits()
      let double = try Double()
      let run = try DirectMLAccelerator(libraries: Built.libraries).train(
        .digits, on: digits.training)
      #expect(run.parameters.accuracy(on: digits.heldOut) > 0.97)
      #expect(double.objects == 0)
    }

    /// Sizes that are no multiple of anything, and parts that begin where alignment puts them.
    @Test func agreesOnAnOddNetwork() throws {
      let network = Network(inputs: 13, hidden: 37, classes: 21)
      let plan = TrainingPlan(
        network: network, batch: 7, epochs: 3, learningRate: 0.1, momentum: 0.5, seed: 3)
      var random = RandomNumbers(seed: 8)
      let samples = Samples(
        rows: (0..<45 * 13).map { _ in random.nextSigned() },
        labels: (0..<45).map { Int32($0 * 7 % 21) })
      let double = try Double()
      let run = try DirectMLAccelerator(libraries: Built.libraries).train(plan, on: samples)
      let reference = CPUTrainer.train(plan, on: samples)
      #expect(run.losses.distance(to: reference.losses) < 1e-6)
      #expect(run.parameters.numbers.distance(to: reference.parameters.numbers) < 1e-6)
      #expect(double.objects == 0)
    }

    @Test func wrongNumbersLeadElsewhere() throws {
      let double = try Double(fault: "numbers")
      let samples = Digits().training
      let run = try DirectMLAccelerator(libraries: Built.libraries).train(.digits, on: samples)
      double.set("")
      let reference = CPUTrainer.train(.digits, on: samples)
      // Written so that NaN counts as far.
      let distance = run.losses.distance(to: reference.losses)
      #expect(!(distance < 1e-4))
    }
  }
}

extension [Float] {
  /// The largest distance, relative to the number or to 1, as the diagnosis judges.
  fileprivate func distance(to other: [Float]) -> Float {
    guard count == other.count else { return .infinity }
    return zip(self, other).reduce(0) { worst, pair in
      let distance = (pair.0 - pair.1).magnitude / Swift.max(1, pair.1.magnitude)
      return distance > worst || distance.isNaN ? distance : worst
    }
  }
}

extension Parameters {
  fileprivate var numbers: [Float] {
    hiddenWeights + hiddenBiases + outputWeights + outputBiases
  }
}

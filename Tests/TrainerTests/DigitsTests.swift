import Testing

@testable import Trainer

@Suite struct DigitsTests {
  /// What scikit-learn's `load_digits()` gives.
  @Test func theDigitsAreTheDataSetsOwn() {
    let all = Digits.all()
    var histogram = [Int](repeating: 0, count: Digits.classes)
    for label in all.labels { histogram[Int(label)] += 1 }
    #expect(all.count == 1797)
    #expect(histogram == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    #expect(all.rows.reduce(0, +) * 16 == 561_718)
    #expect(all.rows.count { $0 == 0 } == 56_272)
    #expect(all.rows.count { $0 == 1 } == 10_456)
    #expect(all.rows[..<8].map { $0 * 16 } == [0, 0, 5, 13, 9, 1, 0, 0])
    #expect(all.labels.suffix(5) == [9, 0, 8, 9, 8])
  }

  @Test func theSplitLosesAndRepeatsNoDigit() {
    func key(_ samples: Samples) -> [[Float]] {
      (0..<samples.count).map { Array(samples.rows[$0 * 64..<($0 + 1) * 64]) }
    }
    let digits = Digits()
    let split = key(digits.training) + key(digits.heldOut)
    #expect(digits.heldOut.count == 360 && digits.training.count == 1437)
    #expect(
      split.sorted { $0.lexicographicallyPrecedes($1) }
        == key(Digits.all()).sorted { $0.lexicographicallyPrecedes($1) })
    #expect(split != key(Digits.all()))
  }

  /// The first numbers of the authors' own C program for the seed 1234567.
  @Test func theRandomNumbersAreSplitMix64s() {
    var random = RandomNumbers(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }

  @Test func initialWeightsFillTheirRange() {
    let parameters = Parameters(Network(inputs: 64, hidden: 64, classes: 10), seed: 3)
    let limit = (Float(6) / 128).squareRoot()
    let mean = parameters.hiddenWeights.reduce(0, +) / 4096
    #expect(parameters.hiddenWeights.allSatisfy { $0.magnitude <= limit })
    #expect(parameters.hiddenWeights.contains { $0 > 0.99 * limit })
    #expect(parameters.hiddenWeights.contains { $0 < -0.99 * limit })
    #expect(mean.magnitude < 4 * limit / (3 * Float(4096)).squareRoot())
    #expect(parameters.hiddenBiases == [Float](repeating: 0, count: 64))
    #expect(parameters == Parameters(Network(inputs: 64, hidden: 64, classes: 10), seed: 3))
    #expect(parameters != Parameters(Network(inputs: 64, hidden: 64, classes: 10), seed: 4))
  }
}

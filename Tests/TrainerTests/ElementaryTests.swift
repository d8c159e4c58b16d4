import CPlatform
import Testing

@testable import Trainer

/// The C library is the witness: its float64 functions are within 1 unit in the last place.
@Suite struct ElementaryTests {
  @Test func exponentialsOfVectorsAreWithinTwoUnits() {
    let numbers = stride(from: Float(-87), through: 88, by: 0.000_37)
    #expect(unitsApart(numbers, { $0.exponential() }, { CPlatform.exp($0) }) <= 2)
    let special = SIMD8<Float>(0, -0.0, -87.5, -1000, -.infinity, -.greatestFiniteMagnitude, 1, -1)
    #expect(special.exponential().lowHalf == SIMD4(1, 1, 0, 0))
    #expect(special.exponential()[4] == 0 && special.exponential()[5] == 0)
  }

  @Test func tangentsOfVectorsAreWithinThreeUnits() {
    let numbers = stride(from: Float(-12), through: 12, by: 0.000_037)
    #expect(unitsApart(numbers, { $0.hyperbolicTangent() }, { CPlatform.tanh($0) }) <= 3)
    let small = stride(from: Float(-1e-3), through: 1e-3, by: 1e-8)
    #expect(unitsApart(small, { $0.hyperbolicTangent() }, { CPlatform.tanh($0) }) <= 3)
    let special = SIMD8<Float>(0, -0.0, 100, -100, .infinity, -.infinity, 1e30, -1e30)
    #expect(special.hyperbolicTangent() == SIMD8(0, 0, 1, -1, 1, -1, 1, -1))
    #expect(special.hyperbolicTangent()[1].sign == .minus)
  }

  @Test func notANumberStaysNotANumber() {
    let vector = SIMD8<Float>(repeating: .nan)
    #expect(vector.exponential()[0].isNaN && vector.hyperbolicTangent()[0].isNaN)
    #expect(Elementary.logarithm(.nan).isNaN)
  }

  @Test func theLogarithmIsWithinOneUnit() {
    var random = RandomNumbers(seed: 9)
    func numbers(_ range: ClosedRange<Double>) -> [Double] {
      (0..<200_000).map { _ in Double.random(in: range, using: &random) }
    }
    func apart(_ x: [Double]) -> Double {
      x.map { (Elementary.logarithm($0) - CPlatform.log($0)).magnitude / CPlatform.log($0).ulp }
        .max() ?? .infinity
    }
    #expect(apart(numbers(0.5...2)) <= 1)
    #expect(apart(numbers(1e-300...1e300)) <= 1)
    #expect(apart(numbers(1...1000)) <= 1)
    #expect(Elementary.logarithm(1) == 0)
  }

  /// The largest distance in units in the last place of the true float32.
  private func unitsApart(
    _ numbers: StrideThrough<Float>, _ ours: (SIMD8<Float>) -> SIMD8<Float>,
    _ theirs: (Double) -> Double
  ) -> Double {
    var largest = 0.0
    for number in numbers {
      let wanted = theirs(Double(number))
      let found = ours(SIMD8(repeating: number))[3]
      let error = (Double(found) - wanted).magnitude / Double(Float(wanted).ulp)
      largest = error.isNaN ? .infinity : max(largest, error)
    }
    return largest
  }
}

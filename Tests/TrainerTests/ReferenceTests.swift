import Testing

@testable import Trainer

@Suite struct ReferenceTests {
  private let network = Network(inputs: 5, hidden: 7, classes: 4)

  /// Central differences of the loss, in float64: exact to about the square of the step.
  @Test func theGradientIsTheLosssDerivative() {
    let samples = Samples.random(count: 6, for: network, seed: 5)
    let rows = WideMatrix(6, 5, samples.rows)
    var weights = Reference(network, Parameters(network, seed: 6))
    weights.hiddenBiases = [0.1, -0.2, 0.3, 0, 0.5, -0.6, 0.7]
    weights.outputBiases = [0.4, -0.3, 0.2, -0.1]
    let gradient = weights.lossAndGradient(rows, samples.labels).1.all
    let step = 1e-5
    for place in gradient.indices {
      var direction = weights.scaled(by: 0)
      direction.setNumber(at: place, to: 1)
      let up = weights.adding(direction, times: step).lossAndGradient(rows, samples.labels).0
      let down = weights.adding(direction, times: -step).lossAndGradient(rows, samples.labels).0
      #expect(((up - down) / (2 * step) - gradient[place]).magnitude < 1e-9, "place \(place)")
    }
    #expect(gradient.contains { $0.magnitude > 0.01 })
  }

  @Test func theReferencesProductIsTheSumOfItsDefinition() {
    let a = WideMatrix(2, 3, [1, 2, 3, 4, 5, 6] as [Double])
    let b = WideMatrix(3, 2, [7, 8, 9, 10, 11, 12] as [Double])
    #expect((a * b).numbers == [58, 64, 139, 154])
    #expect(a.transposed.numbers == [1, 4, 2, 5, 3, 6])
    #expect(a.columnSums == [5, 7, 9])
    #expect(a.adding([1, 0, -1]).numbers == [2, 2, 2, 5, 5, 5])
  }

  @Test func anErrorIsMeasuredAgainstTheNumberAndItsNeighbours() {
    #expect(maximumRelativeError([1, 0], against: [1, 0]) == 0)
    // The root mean square of 3 and 4 is 3.54.
    #expect((maximumRelativeError([3.1, 4], against: [3, 4]) - 0.1 / 6.5355).magnitude < 1e-6)
    #expect(maximumRelativeError([1], against: [1, 2]) == .infinity)
    #expect(maximumRelativeError([.nan, 1], against: [1, 1]) == .infinity)
    #expect(maximumRelativeError([.infinity, 1], against: [1, 1]) == .infinity)
    #expect(maximumRelativeError([0, 0], against: [0, 0]) == 0)
  }
}

extension Reference {
  fileprivate mutating func setNumber(at place: Int, to number: Double) {
    let sizes = [hiddenWeights.numbers.count, hiddenBiases.count, outputWeights.numbers.count]
    if place < sizes[0] {
      hiddenWeights.numbers[place] = number
    } else if place < sizes[0] + sizes[1] {
      hiddenBiases[place - sizes[0]] = number
    } else if place < sizes[0] + sizes[1] + sizes[2] {
      outputWeights.numbers[place - sizes[0] - sizes[1]] = number
    } else {
      outputBiases[place - sizes[0] - sizes[1] - sizes[2]] = number
    }
  }
}

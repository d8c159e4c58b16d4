@testable import Trainer

/// The training in float64, step by step as `Network` and `TrainingPlan` define it.
struct Reference: Sendable {
  /// W₁, b₁, W₂, b₂.
  var hiddenWeights: WideMatrix
  var hiddenBiases: [Double]
  var outputWeights: WideMatrix
  var outputBiases: [Double]

  /// With the numbers of `parameters`.
  init(_ network: Network, _ parameters: Parameters) {
    hiddenWeights = WideMatrix(network.inputs, network.hidden, parameters.hiddenWeights)
    hiddenBiases = parameters.hiddenBiases.map { Double($0) }
    outputWeights = WideMatrix(network.hidden, network.classes, parameters.outputWeights)
    outputBiases = parameters.outputBiases.map { Double($0) }
  }

  /// What a whole training gives.
  ///
  /// - Parameter steps: how many steps are done; left out, all of the plan's.
  static func train(
    _ plan: TrainingPlan, on samples: Samples, steps: Int? = nil
  ) -> (losses: [Double], parameters: Reference) {
    let initial = Parameters(plan.network, seed: plan.seed)
    var weights = Reference(plan.network, initial)
    var velocities = weights.scaled(by: 0)
    var losses: [Double] = []
    let epoch = plan.steps(on: samples)
    for step in 0..<min(steps ?? .max, epoch * plan.epochs) {
      let (rows, labels) = samples.batch(step % epoch, of: plan)
      let (loss, gradient) = weights.lossAndGradient(rows, labels)
      losses.append(loss)
      velocities = velocities.scaled(by: Double(plan.momentum)).adding(gradient, times: 1)
      weights = weights.adding(velocities, times: -Double(plan.learningRate))
    }
    return (losses, weights)
  }

  /// The mean loss of `rows`, and its derivative by every weight and bias.
  func lossAndGradient(_ rows: WideMatrix, _ labels: [Int32]) -> (Double, Reference) {
    let activations = (rows * hiddenWeights).adding(hiddenBiases).activated
    let scores = (activations * outputWeights).adding(outputBiases)
    let (losses, outer) = scores.softmaxCrossEntropy(labels)
    let inner = (outer * outputWeights.transposed).deactivated(by: activations)
    var gradient = self
    gradient.hiddenWeights = rows.transposed * inner
    gradient.hiddenBiases = inner.columnSums
    gradient.outputWeights = activations.transposed * outer
    gradient.outputBiases = outer.columnSums
    return (losses.reduce(0, +) / Double(rows.rows), gradient)
  }

  /// Everything times `factor`.
  func scaled(by factor: Double) -> Reference { mapped { _, number in number * factor } }

  /// Everything plus `factor` times the same place of `other`.
  func adding(_ other: Reference, times factor: Double) -> Reference {
    let others = other.all
    return mapped { index, number in number + factor * others[index] }
  }

  /// Every number, W₁, b₁, W₂, b₂ one after the other.
  var all: [Double] {
    hiddenWeights.numbers + hiddenBiases + outputWeights.numbers + outputBiases
  }

  private func mapped(_ change: (Int, Double) -> Double) -> Reference {
    var result = self
    var index = 0
    func changeEach(_ numbers: inout [Double]) {
      for place in numbers.indices {
        numbers[place] = change(index, numbers[place])
        index += 1
      }
    }
    changeEach(&result.hiddenWeights.numbers)
    changeEach(&result.hiddenBiases)
    changeEach(&result.outputWeights.numbers)
    changeEach(&result.outputBiases)
    return result
  }
}

extension Samples {
  /// The rows and labels of an epoch's step `index`, from 0.
  func batch(_ index: Int, of plan: TrainingPlan) -> (WideMatrix, [Int32]) {
    let rows = index * plan.batch..<(index + 1) * plan.batch
    let width = plan.network.inputs
    let numbers = Array(self.rows[rows.lowerBound * width..<rows.upperBound * width])
    return (WideMatrix(plan.batch, width, numbers), Array(labels[rows]))
  }
}

extension Parameters {
  /// Every number, W₁, b₁, W₂, b₂ one after the other.
  var all: [Float] { hiddenWeights + hiddenBiases + outputWeights + outputBiases }
}

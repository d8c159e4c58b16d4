import Platform

/// The trainer on the CPU, which every device is held against.
///
/// The result of a plan is the same to the last bit however many threads there are.
public enum CPUTrainer {
  /// Trains on as many threads as the plan is worth: a small one on the caller's alone.
  ///
  /// - Parameters:
  ///   - samples: at least one batch; rows as wide as the network's inputs, labels below its classes.
  ///   - threads: how many work; left out, all processors for a step that is worth the sharing.
  @inline(never)
  public static func train(
    _ plan: TrainingPlan, on samples: Samples, threads: Int? = nil
  ) -> TrainingRun {
    let useful = plan.operations > smallStep ? Processors.count : 1
    let step = TrainingStep(plan, Team(threads: threads ?? useful))
    var losses: [Float] = []
    losses.reserveCapacity(plan.epochs * plan.steps(on: samples))
    let rows = Floats(samples.rows)
    let stopwatch = Stopwatch()
    for _ in 0..<plan.epochs {
      for first in stride(from: 0, to: plan.steps(on: samples) * plan.batch, by: plan.batch) {
        let labels = samples.labels[first..<first + plan.batch]
        losses.append(unsafe step.run(rows.start + first * plan.network.inputs, labels))
      }
    }
    let nanoseconds = stopwatch.nanoseconds
    return TrainingRun(losses: losses, parameters: step.parameters, nanoseconds: nanoseconds)
  }

  /// Operations of a step that one core does before threads have met twice.
  private static let smallStep = 5e7
}

/// One step of a plan, and the memory that it works in.
@safe
final class TrainingStep {
  private let plan: TrainingPlan
  let product: CPUProduct
  /// Weights, their gradients and their velocities, each W₁, b₁, W₂, b₂ in a row.
  private let weights: Layers
  private let gradients: Layers
  private let velocities: Layers
  private let activations: Floats
  private let activationGradients: Floats
  private let outputs: Floats
  private let rowLosses: Floats

  /// What a thread takes at once, in numbers.
  private static let slice = 1 << 14

  init(_ plan: TrainingPlan, _ team: Team) {
    self.plan = plan
    product = CPUProduct(team: team)
    weights = Layers(plan.network)
    gradients = Layers(plan.network)
    velocities = Layers(plan.network)
    activations = Floats(count: plan.batch * plan.network.hidden)
    activationGradients = Floats(count: plan.batch * plan.network.hidden)
    outputs = Floats(count: plan.batch * plan.network.classes)
    rowLosses = Floats(count: plan.batch)
    weights.set(Parameters(plan.network, seed: plan.seed))
  }

  var parameters: Parameters { weights.parameters }

  /// The mean loss of the batch, before the weights follow its gradient.
  @unsafe
  func run(_ rows: UnsafeMutablePointer<Float>, _ labels: ArraySlice<Int32>) -> Float {
    let network = plan.network
    let x = unsafe Matrix(rows, plan.batch, network.inputs)
    let a = unsafe Matrix(activations.start, plan.batch, network.hidden)
    let z = unsafe Matrix(outputs.start, plan.batch, network.classes)
    let da = unsafe Matrix(activationGradients.start, plan.batch, network.hidden)

    unsafe product.multiply(x, weights.hidden, into: a)
    unsafe eachRow(of: a) { unsafe Rows.activate($1, biases: self.weights.hiddenBiases, count: $2) }
    unsafe product.multiply(a, weights.output, into: z)
    let loss = unsafe softmax(z, labels)

    unsafe product.multiply(a.transposed, z, into: gradients.output)
    unsafe sumColumns(z, into: gradients.outputBiases)
    unsafe product.multiply(z, weights.output.transposed, into: da)
    unsafe eachRow(of: da) {
      unsafe Rows.deactivate($1, activations: a.start + $0 * a.columns, count: $2)
    }
    unsafe product.multiply(x.transposed, da, into: gradients.hidden)
    unsafe sumColumns(da, into: gradients.hiddenBiases)
    descend()
    return loss
  }

  private func softmax(_ z: Matrix, _ labels: ArraySlice<Int32>) -> Float {
    let scale = 1 / Float(plan.batch)
    unsafe eachRow(of: z) { row, start, count in
      unsafe rowLosses.start[row] = unsafe Rows.softmax(
        start, biases: weights.outputBiases, count: count,
        label: Int(labels[labels.startIndex + row]), scale: scale)
    }
    var sum = 0.0
    for row in 0..<plan.batch { sum += unsafe Double(rowLosses.start[row]) }
    return Float(sum / Double(plan.batch))
  }

  private func sumColumns(_ matrix: Matrix, into sums: UnsafeMutablePointer<Float>) {
    let columns = max(16, Self.slice / plan.batch / 16 * 16)
    product.team.slices(of: unsafe matrix.columns, size: columns) { slice in
      unsafe Rows.sumColumns(
        matrix.start + slice.lowerBound, rows: matrix.rows, stride: matrix.columns,
        count: slice.count, into: sums + slice.lowerBound)
    }
  }

  private func descend() {
    product.team.slices(of: weights.all.count, size: Self.slice) { slice in
      let first = slice.lowerBound
      unsafe Rows.descend(
        weights.all.start + first, velocities: velocities.all.start + first,
        gradients: gradients.all.start + first, count: slice.count, rate: plan.learningRate,
        momentum: plan.momentum)
    }
  }

  /// Calls `body` with each row's index, start and length.
  private func eachRow(
    of matrix: Matrix, _ body: (Int, UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    let columns = unsafe matrix.columns
    product.team.slices(of: unsafe matrix.rows, size: max(1, Self.slice / columns)) { slice in
      for row in slice { unsafe body(row, matrix.start + row * columns, columns) }
    }
  }
}

/// A network's weights, or a number for each of them, in one piece of memory.
@safe
final class Layers {
  let all: Floats
  private let network: Network

  init(_ network: Network) {
    self.network = network
    all = Floats(count: (network.inputs + 1 + network.classes) * network.hidden + network.classes)
  }

  private var hiddenEnd: Int { network.inputs * network.hidden }
  private var outputStart: Int { hiddenEnd + network.hidden }
  private var outputEnd: Int { outputStart + network.hidden * network.classes }

  @unsafe var hidden: Matrix { unsafe Matrix(all.start, network.inputs, network.hidden) }
  @unsafe var hiddenBiases: UnsafeMutablePointer<Float> { unsafe all.start + hiddenEnd }
  @unsafe var output: Matrix {
    unsafe Matrix(all.start + outputStart, network.hidden, network.classes)
  }
  @unsafe var outputBiases: UnsafeMutablePointer<Float> { unsafe all.start + outputEnd }

  func set(_ parameters: Parameters) {
    let numbers =
      parameters.hiddenWeights + parameters.hiddenBiases + parameters.outputWeights
      + parameters.outputBiases
    for (index, number) in numbers.enumerated() { unsafe all.start[index] = number }
  }

  var parameters: Parameters {
    Parameters(
      hiddenWeights: all.array(0..<hiddenEnd), hiddenBiases: all.array(hiddenEnd..<outputStart),
      outputWeights: all.array(outputStart..<outputEnd),
      outputBiases: all.array(outputEnd..<all.count))
  }
}

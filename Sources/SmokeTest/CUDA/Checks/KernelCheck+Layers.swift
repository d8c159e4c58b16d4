import Accelerators
import CKernels
import Platform
import Trainer

// The kernels between the hidden layer and the update.
extension KernelCheck {
  /// The two kernels for few classes, the second on the first one's results.
  func checkThinLayers(batch: Int, hidden: Int, classes: Int) throws(Trouble) {
    let activations = Matrix(rows: batch, columns: hidden, numbers(batch * hidden))
    let weights = Matrix(rows: hidden, columns: classes, numbers(hidden * classes).map { $0 / 8 })
    let biases = numbers(classes)
    let labels = labels(batch, classes: classes)
    let sums = activations.product(weights, first: 0, last: hidden)
    let loss = SoftmaxLoss(
      logits: sums.indices.map { sums[$0] + Double(biases[$0 % classes]) }, labels: labels,
      classes: classes)

    let launch = unsafe kernels_thin_output_launch(Int32(batch))
    let blocks = unsafe Int(launch.grid_x)
    let width = Int(kernels_thin_classes)
    let deviceActivations = try context.buffer(activations.numbers)
    let deviceWeights = try context.buffer(weights.numbers)
    let deviceBiases = try context.buffer(biases)
    let deviceLabels = try context.buffer(labels)
    let gradient = try untouched(floats: batch * width)
    let losses = try untouched(floats: blocks)
    let biasPartials = try untouched(floats: blocks * classes)
    try unsafe kernels.run(
      launch,
      kernels_thin_output(
        activations: deviceActivations.address, weights: deviceWeights.address,
        biases: deviceBiases.address, labels: deviceLabels.address, gradient: gradient.address,
        losses: losses.address, bias_partials: biasPartials.address, batch: Int32(batch),
        hidden: Int32(hidden), classes: Int32(classes), reserved: 0))
    try expect(losses, loss.losses(each: 32), "thin_output")
    try expect(gradient, loss.gradient(width: width), "thin_output gradient")
    try expect(
      biasPartials, columnSums(loss.gradient(width: classes), classes, each: 32),
      "thin_output bias")

    let slice = 32
    let layer = unsafe kernels_thin_hidden_launch(Int32(batch), Int32(hidden), Int32(slice))
    let slices = unsafe Int(layer.grid_y)
    let weightPartials = try untouched(floats: slices * hidden * classes)
    let hiddenPartials = try untouched(floats: slices * hidden)
    try unsafe kernels.run(
      layer,
      kernels_thin_hidden(
        activations: deviceActivations.address, gradient: gradient.address,
        weights: deviceWeights.address, hidden_gradient: deviceActivations.address,
        weight_partials: weightPartials.address, bias_partials: hiddenPartials.address,
        batch: Int32(batch), hidden: Int32(hidden), classes: Int32(classes),
        slice_rows: Int32(slice)))
    let hiddenGradient = hiddenGradient(loss, weights, activations)
    try expect(deviceActivations, hiddenGradient, "thin_hidden")
    try expect(
      weightPartials, weightGradients(activations, loss, each: slice), "thin_hidden weights")
    try expect(hiddenPartials, columnSums(hiddenGradient, hidden, each: slice), "thin_hidden bias")
  }

  /// Softmax and column sums for any number of classes.
  func checkWideLayers(batch: Int, hidden: Int, classes: Int) throws(Trouble) {
    let logits = numbers(batch * classes).map { $0 * 4 }
    let labels = labels(batch, classes: classes)
    let loss = SoftmaxLoss(logits: logits.map(Double.init), labels: labels, classes: classes)
    let launch = unsafe kernels_softmax_launch(Int32(batch))
    let matrix = try context.buffer(logits)
    let deviceLabels = try context.buffer(labels)
    let losses = try untouched(floats: unsafe Int(launch.grid_x))
    try unsafe kernels.run(
      launch,
      kernels_softmax(
        logits: matrix.address, labels: deviceLabels.address, gradient: matrix.address,
        losses: losses.address, batch: Int32(batch), classes: Int32(classes)))
    try expect(losses, loss.losses(each: 8), "softmax")
    try expect(matrix, loss.gradient(width: classes), "softmax gradient")

    let rows = 64
    let values = numbers(batch * hidden)
    let source = try context.buffer(values)
    let sums = unsafe kernels_column_sums_launch(Int32(batch), Int32(hidden), Int32(rows))
    let partials = try untouched(floats: unsafe Int(sums.grid_y) * hidden)
    try unsafe kernels.run(
      sums,
      kernels_column_sums(
        matrix: source.address, partials: partials.address, rows: Int32(batch),
        columns: Int32(hidden), slice_rows: Int32(rows), reserved: 0))
    try expect(partials, columnSums(values.map(Double.init), hidden, each: rows), "column_sums")

    let biases = numbers(hidden)
    let deviceBiases = try context.buffer(biases)
    try unsafe kernels.run(
      kernels_activate_launch(Int32(batch), Int32(hidden), Int32(rows)),
      kernels_activate(
        matrix: source.address, biases: deviceBiases.address, rows: Int32(batch),
        columns: Int32(hidden), slice_rows: Int32(rows), reserved: 0))
    let sumsOfBoth = values.indices.map { Double(values[$0]) + Double(biases[$0 % hidden]) }
    try expect(source, sumsOfBoth.map(Elementary.hyperbolicTangent), "activate")
  }

  /// Sums over each `each` rows.
  private func columnSums(_ matrix: [Double], _ columns: Int, each: Int) -> [Double] {
    let rows = matrix.count / columns
    var sums = [Double](repeating: 0, count: (rows + each - 1) / each * columns)
    for index in matrix.indices {
      sums[index / columns / each * columns + index % columns] += matrix[index]
    }
    return sums
  }

  /// (gradient · weightsᵀ) ⊙ (1 − activations²).
  private func hiddenGradient(
    _ loss: SoftmaxLoss, _ weights: Matrix, _ activations: Matrix
  ) -> [Double] {
    let classes = loss.classes
    let gradient = loss.gradient(width: classes)
    return activations.numbers.indices.map { index in
      let (row, unit) = (index / activations.columns, index % activations.columns)
      let sum = (0..<classes).reduce(0.0) {
        $0 + gradient[row * classes + $1] * Double(weights.numbers[unit * classes + $1])
      }
      let activation = Double(activations.numbers[index])
      return sum * (1 - activation * activation)
    }
  }

  /// activationsᵀ · gradient over each `each` rows.
  private func weightGradients(
    _ activations: Matrix, _ loss: SoftmaxLoss, each: Int
  ) -> [Double] {
    let (classes, hidden) = (loss.classes, activations.columns)
    let gradient = loss.gradient(width: classes)
    let slices = (activations.rows + each - 1) / each
    var sums = [Double](repeating: 0, count: slices * hidden * classes)
    for row in 0..<activations.rows {
      for unit in 0..<hidden {
        let activation = Double(activations.numbers[row * hidden + unit])
        let start = (row / each * hidden + unit) * classes
        for label in 0..<classes {
          sums[start + label] += activation * gradient[row * classes + label]
        }
      }
    }
    return sums
  }
}

/// The mean over the rows of log Σ exp(z) − z[label], and its gradient.
private struct SoftmaxLoss {
  let classes: Int
  private let rowLosses: [Double]
  private let gradient: [Double]

  init(logits: [Double], labels: [Int32], classes: Int) {
    self.classes = classes
    var losses: [Double] = []
    var gradient = [Double](repeating: 0, count: logits.count)
    let batch = Double(labels.count)
    for (row, label) in labels.enumerated() {
      let start = row * classes
      let largest = logits[start..<start + classes].reduce(-Double.infinity, max)
      var total = 0.0
      for index in start..<start + classes {
        gradient[index] = Elementary.exponential(logits[index] - largest)
        total += gradient[index]
      }
      for index in start..<start + classes { gradient[index] /= total * batch }
      gradient[start + Int(label)] -= 1 / batch
      let loss = Elementary.logarithm(total) + largest - logits[start + Int(label)]
      losses.append(loss / batch)
    }
    rowLosses = losses
    self.gradient = gradient
  }

  /// The part of the mean loss of each `each` rows.
  func losses(each: Int) -> [Double] {
    stride(from: 0, to: rowLosses.count, by: each).map { first in
      rowLosses[first..<min(rowLosses.count, first + each)].reduce(0, +)
    }
  }

  /// Rows of `width` numbers, zero where there is no class.
  func gradient(width: Int) -> [Double] {
    (0..<rowLosses.count * width).map { index in
      index % width < classes ? gradient[index / width * classes + index % width] : 0
    }
  }
}

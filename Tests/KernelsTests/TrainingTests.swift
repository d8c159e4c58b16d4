import CKernels
import CPlatform
import Testing

/// The kernels of a training step beside the products, against float64.
@Suite struct TrainingTests {
  struct Shape: CustomTestStringConvertible {
    let batch: Int, hidden: Int, classes: Int
    var testDescription: String { "batch \(batch), hidden \(hidden), classes \(classes)" }
    init(_ batch: Int, _ hidden: Int, _ classes: Int) {
      (self.batch, self.hidden, self.classes) = (batch, hidden, classes)
    }
  }

  static let shapes = [
    Shape(1, 1, 2), Shape(32, 128, 16), Shape(33, 130, 10), Shape(100, 260, 3), Shape(70, 513, 16),
  ]

  /// (softmax − onehot) / batch and the mean loss.
  static func crossEntropy(_ logits: Matrix, _ labels: [Int32]) -> (gradient: Matrix, loss: Double)
  {
    var gradient = logits
    var loss = 0.0
    for row in 0..<logits.rows {
      let values = (0..<logits.columns).map { logits[row, $0] }
      let largest = values.max() ?? 0
      let total = values.reduce(0) { $0 + exp($1 - largest) }
      loss += (log(total) + largest - values[Int(labels[row])]) / Double(logits.rows)
      for column in 0..<logits.columns {
        let share = exp(values[column] - largest) / total
        gradient.elements[row * logits.columns + column] =
          (share - (Int(labels[row]) == column ? 1 : 0)) / Double(logits.rows)
      }
    }
    return (gradient, loss)
  }

  static func sums(_ partials: [Float], of count: Int) -> [Float] {
    (0..<count).map { at in
      stride(from: at, to: partials.count, by: count).reduce(0) { $0 + partials[$1] }
    }
  }

  @Test(arguments: shapes) func thinOutput(shape: Shape) throws {
    let device = try Device()
    try device.start()
    let activations = Matrix(shape.batch, shape.hidden, seed: 1)
    let weights = Matrix(shape.hidden, shape.classes, seed: 2)
    let biases = Matrix(1, shape.classes, seed: 3)
    let labels = (0..<shape.batch).map { Int32($0 * 7 % shape.classes) }
    let launch = unsafe kernels_thin_output_launch(Int32(shape.batch))
    let blocks = unsafe Int(launch.grid_x)
    let parameter = kernels_thin_output(
      activations: try device.upload(activations.floats),
      weights: try device.upload(weights.floats),
      biases: try device.upload(biases.floats), labels: try device.upload(labels),
      gradient: try device.allocate(bytes: shape.batch * 64),
      losses: try device.allocate(bytes: blocks * 4),
      bias_partials: try device.allocate(bytes: blocks * shape.classes * 4),
      batch: Int32(shape.batch), hidden: Int32(shape.hidden), classes: Int32(shape.classes),
      reserved: 0)
    try unsafe device.run(launch, parameter)

    let logits = (activations * weights).map { $2 + biases[0, $1] }
    let (gradient, loss) = Self.crossEntropy(logits, labels)
    let padded = Matrix(shape.batch, 16) { $1 < shape.classes ? gradient[$0, $1] : 0 }
    let scale = 1 / Double(shape.batch)
    #expect(
      distance(try device.floats(parameter.gradient, shape.batch * 16), padded.elements)
        <= 4e-5 * scale)
    let losses = try device.floats(parameter.losses, blocks)
    #expect(distance([losses.reduce(0, +)], [loss]) <= 2e-5)
    let bias = try device.floats(parameter.bias_partials, blocks * shape.classes)
    #expect(distance(Self.sums(bias, of: shape.classes), gradient.columnSums) <= 4e-5)
  }

  @Test(arguments: shapes, [32, 64]) func thinHidden(shape: Shape, sliceRows: Int) throws {
    let device = try Device()
    try device.start()
    let activations = Matrix(shape.batch, shape.hidden, seed: 1)
    let weights = Matrix(shape.hidden, shape.classes, seed: 2)
    let gradient = Matrix(shape.batch, shape.classes, seed: 4)
    let padded = Matrix(shape.batch, 16) { $1 < shape.classes ? gradient[$0, $1] : 0 }
    let launch = unsafe kernels_thin_hidden_launch(
      Int32(shape.batch), Int32(shape.hidden), Int32(sliceRows))
    let slices = unsafe Int(launch.grid_y)
    let weightCount = shape.hidden * shape.classes
    // In place: the gradient takes the activations' memory.
    let activationsAddress = try device.upload(activations.floats)
    let parameter = kernels_thin_hidden(
      activations: activationsAddress, gradient: try device.upload(padded.floats),
      weights: try device.upload(weights.floats), hidden_gradient: activationsAddress,
      weight_partials: try device.allocate(bytes: slices * weightCount * 4),
      bias_partials: try device.allocate(bytes: slices * shape.hidden * 4),
      batch: Int32(shape.batch), hidden: Int32(shape.hidden), classes: Int32(shape.classes),
      slice_rows: Int32(sliceRows))
    try unsafe device.run(launch, parameter)

    let hidden = (gradient * weights.transposed).map {
      $2 * (1 - activations[$0, $1] * activations[$0, $1])
    }
    #expect(
      distance(try device.floats(activationsAddress, shape.batch * shape.hidden), hidden.elements)
        <= 2e-6)
    let weightGradient = activations.transposed * gradient
    let weightPartials = try device.floats(parameter.weight_partials, slices * weightCount)
    #expect(distance(Self.sums(weightPartials, of: weightCount), weightGradient.elements) <= 2e-5)
    let biasPartials = try device.floats(parameter.bias_partials, slices * shape.hidden)
    #expect(distance(Self.sums(biasPartials, of: shape.hidden), hidden.columnSums) <= 2e-5)
  }

  @Test(arguments: [Shape(1, 0, 2), Shape(20, 0, 17), Shape(9, 0, 100)], [true, false])
  func softmax(shape: Shape, inPlace: Bool) throws {
    let device = try Device()
    try device.start()
    let logits = Matrix(shape.batch, shape.classes, seed: 8).map { Double(Float($2 * 20)) }
    let labels = (0..<shape.batch).map { Int32($0 * 5 % shape.classes) }
    let launch = unsafe kernels_softmax_launch(Int32(shape.batch))
    let blocks = unsafe Int(launch.grid_x)
    let logitsAddress = try device.upload(logits.floats)
    let count = shape.batch * shape.classes
    let parameter = kernels_softmax(
      logits: logitsAddress, labels: try device.upload(labels),
      gradient: inPlace ? logitsAddress : try device.allocate(bytes: count * 4),
      losses: try device.allocate(bytes: blocks * 4), batch: Int32(shape.batch),
      classes: Int32(shape.classes))
    try unsafe device.run(launch, parameter)
    let (gradient, loss) = Self.crossEntropy(logits, labels)
    #expect(distance(try device.floats(parameter.gradient, count), gradient.elements) <= 1e-6)
    let losses = try device.floats(parameter.losses, blocks)
    #expect(distance([losses.reduce(0, +)], [loss]) <= 1e-5)
  }

  @Test(arguments: [(1, 1, 64), (100, 300, 64), (65, 10, 7)])
  func columnSums(rows: Int, columns: Int, sliceRows: Int) throws {
    let device = try Device()
    try device.start()
    let matrix = Matrix(rows, columns, seed: 9)
    let launch = unsafe kernels_column_sums_launch(Int32(rows), Int32(columns), Int32(sliceRows))
    let slices = unsafe Int(launch.grid_y)
    let partials = try device.allocate(bytes: slices * columns * 4)
    try unsafe device.run(
      launch,
      kernels_column_sums(
        matrix: try device.upload(matrix.floats), partials: partials, rows: Int32(rows),
        columns: Int32(columns), slice_rows: Int32(sliceRows), reserved: 0))
    let found = Self.sums(try device.floats(partials, slices * columns), of: columns)
    #expect(distance(found, matrix.columnSums) <= 1e-5)
  }

  /// Regions of many numbers and few slices, of few numbers and many slices, and one left alone.
  @Test func updateAddsSlicesAndCountsSteps() throws {
    let device = try Device()
    try device.start()
    let sizes: [(count: Int, slices: Int)] = [(1000, 16), (300, 1), (16, 257), (0, 0)]
    var regions: [kernels_region] = []
    var before: [(Matrix, Matrix, Matrix)] = []
    for (i, size) in sizes.enumerated() {
      let seed = UInt64(10 * i)
      let parameters = Matrix(1, max(size.count, 1), seed: seed)
      let velocity = Matrix(1, max(size.count, 1), seed: seed + 1)
      let partials = Matrix(max(size.slices, 1), max(size.count, 1), seed: seed + 2)
      before.append((parameters, velocity, partials))
      regions.append(
        kernels_region(
          parameters: try device.upload(parameters.floats),
          velocity: try device.upload(velocity.floats),
          partials: try device.upload(partials.floats),
          count: Int32(size.count), slices: Int32(size.slices)))
    }
    let losses = try device.upload([Float](repeating: -1, count: 3))
    let step = try device.upload([Int32(1)])
    let lossPartials = Matrix(1, 300, seed: 77)
    var update = kernels_update(
      hidden_weights: regions[0], hidden_biases: regions[1], output_weights: regions[2],
      output_biases: regions[3], loss_partials: try device.upload(lossPartials.floats),
      losses: losses, step: step, loss_slices: 300, rate: 0.25, momentum: 0.5, reserved: 0)
    try unsafe device.run(kernels_update_launch(&update), update)
    for (i, size) in sizes.enumerated() where size.count > 0 {
      let (parameters, velocity, partials) = before[i]
      let newVelocity = zip(velocity.elements, partials.columnSums).map { 0.5 * $0 + $1 }
      let newParameters = zip(parameters.elements, newVelocity).map { $0 - 0.25 * $1 }
      #expect(distance(try device.floats(regions[i].velocity, size.count), newVelocity) <= 1e-5)
      #expect(distance(try device.floats(regions[i].parameters, size.count), newParameters) <= 1e-5)
    }
    let loss = lossPartials.elements.reduce(0, +)
    #expect(distance(try device.floats(losses, 3), [-1, loss, -1]) <= 1e-5)
    #expect(try device.download(step, 1, of: Int32(0)) == [2])
  }
}

import CExpectation
import CKernels

// The kernels between the hidden layer and the update.
extension KernelCheck {
  /// The two kernels for few classes, the second on the first one's results.
  func checkThinLayers(batch: Int, hidden: Int, classes: Int) {
    begin()
    let activations = numbers(batch * hidden)
    let weights = numbers(hidden * classes, times: 1 / 8)
    let biases = numbers(classes)
    let labels = labels(batch, classes: classes)
    var errors = zeros(batch * classes)
    unsafe expected_product(
      activations, weights, batch, classes, hidden, hidden, false, &errors)
    unsafe expected_biases(biases, batch, classes, &errors)
    var rowLosses = zeros(batch)
    unsafe expected_softmax(labels, batch, classes, &errors, &rowLosses)

    let launch = unsafe kernels_thin_output_launch(Int32(batch))
    let blocks = unsafe Int(launch.grid_x)
    let width = Int(kernels_thin_classes)
    let deviceActivations = place(activations)
    let deviceWeights = place(weights)
    let deviceBiases = place(biases)
    let deviceLabels = place(labels)
    let gradient = untouched(floats: batch * width)
    let losses = untouched(floats: blocks)
    let biasPartials = untouched(floats: blocks * classes)
    unsafe run(
      launch,
      kernels_thin_output(
        activations: deviceActivations, weights: deviceWeights,
        biases: deviceBiases, labels: deviceLabels, gradient: gradient,
        losses: losses, bias_partials: biasPartials, batch: Int32(batch),
        hidden: Int32(hidden), classes: Int32(classes), reserved: 0))
    expect(losses, columnSums(rowLosses, 1, each: 32), "thin_output")
    var padded = zeros(batch * width)
    for index in errors.indices {
      padded[index / classes * width + index % classes] = errors[index]
    }
    expect(gradient, padded, "thin_output gradient")
    expect(biasPartials, columnSums(errors, classes, each: 32), "thin_output bias")

    let slice = 32
    let layer = unsafe kernels_thin_hidden_launch(Int32(batch), Int32(hidden), Int32(slice))
    let slices = unsafe Int(layer.grid_y)
    let weightPartials = untouched(floats: slices * hidden * classes)
    let hiddenPartials = untouched(floats: slices * hidden)
    unsafe run(
      layer,
      kernels_thin_hidden(
        activations: deviceActivations, gradient: gradient,
        weights: deviceWeights, hidden_gradient: deviceActivations,
        weight_partials: weightPartials, bias_partials: hiddenPartials,
        batch: Int32(batch), hidden: Int32(hidden), classes: Int32(classes),
        slice_rows: Int32(slice)))
    var hiddenErrors = zeros(batch * hidden)
    unsafe expected_hidden_gradient(
      errors, weights, activations, batch, hidden, classes, &hiddenErrors)
    expect(deviceActivations, hiddenErrors, "thin_hidden")
    var weightErrors = zeros(slices * hidden * classes)
    unsafe expected_weight_gradients(
      activations, errors, batch, hidden, classes, slice, &weightErrors)
    expect(weightPartials, weightErrors, "thin_hidden weights")
    expect(hiddenPartials, columnSums(hiddenErrors, hidden, each: slice), "thin_hidden bias")
  }

  /// Softmax and column sums for any number of classes.
  func checkWideLayers(batch: Int, hidden: Int, classes: Int) {
    begin()
    let logits = numbers(batch * classes, times: 4)
    let labels = labels(batch, classes: classes)
    var errors = logits.map(Double.init)
    var rowLosses = zeros(batch)
    unsafe expected_softmax(labels, batch, classes, &errors, &rowLosses)
    let launch = unsafe kernels_softmax_launch(Int32(batch))
    let matrix = place(logits)
    let deviceLabels = place(labels)
    let losses = untouched(floats: unsafe Int(launch.grid_x))
    unsafe run(
      launch,
      kernels_softmax(
        logits: matrix, labels: deviceLabels, gradient: matrix,
        losses: losses, batch: Int32(batch), classes: Int32(classes)))
    expect(losses, columnSums(rowLosses, 1, each: 8), "softmax")
    expect(matrix, errors, "softmax gradient")

    let rows = 64
    let values = numbers(batch * hidden)
    let wanted = values.map(Double.init)
    let source = place(values)
    let sums = unsafe kernels_column_sums_launch(Int32(batch), Int32(hidden), Int32(rows))
    let partials = untouched(floats: unsafe Int(sums.grid_y) * hidden)
    unsafe run(
      sums,
      kernels_column_sums(
        matrix: source, partials: partials, rows: Int32(batch),
        columns: Int32(hidden), slice_rows: Int32(rows), reserved: 0))
    expect(partials, columnSums(wanted, hidden, each: rows), "column_sums")

    let biases = numbers(hidden)
    let deviceBiases = place(biases)
    unsafe run(
      kernels_activate_launch(Int32(batch), Int32(hidden), Int32(rows)),
      kernels_activate(
        matrix: source, biases: deviceBiases, rows: Int32(batch),
        columns: Int32(hidden), slice_rows: Int32(rows), reserved: 0))
    var activated = zeros(batch * hidden)
    unsafe expected_epilogue(
      kernels_epilogue_bias_tanh, wanted, biases, values, batch, hidden, 0, 0, &activated)
    expect(source, activated, "activate")
  }

  /// Sums over each `each` rows.
  private func columnSums(_ matrix: [Double], _ columns: Int, each: Int) -> [Double] {
    let rows = matrix.count / columns
    var sums = zeros((rows + each - 1) / each * columns)
    unsafe expected_column_sums(matrix, rows, columns, each, &sums)
    return sums
  }
}

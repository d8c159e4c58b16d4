import Accelerators
import CKernels
import Trainer

/// A network in the device's memory with all that a training step needs, and the step's launches.
///
/// The gradients are summed from partial ones in a fixed order, so the same plan on the same device
/// gives the same bits.
final class DeviceNetwork {
  let kernels: Kernels
  let plan: TrainingPlan
  private let tiles: ProductTiles
  /// Who makes the two products that are large when the batch is; nothing for the test's own kernels.
  private let library: CuBLAS?
  /// Weights and biases, hidden layer first, and their velocities.
  private let parameters: [Buffer]
  private let velocities: [Buffer]
  /// By ``Part``.
  private let parts: [Buffer]
  private let step: Buffer
  private let hiddenSlice: Int
  private let productSlice: Int
  private let outputSlice: Int

  private enum Part: Int {
    case activations
    /// Of the output layer: its gradient (thin networks), or logits and then their gradient.
    case gradient
    case hiddenWeightPartials, hiddenBiasPartials, outputWeightPartials, outputBiasPartials
    case lossPartials
    /// One mean loss a step.
    case losses
  }

  private static let columnSumRows = 64

  /// - Parameters:
  ///   - precision: of the matrix products; `float32` gives what the CPU gives.
  ///   - steps: how many steps will be made at most.
  ///   - library: makes the products of the inputs instead of the test's own kernels.
  init(
    _ kernels: Kernels, _ plan: TrainingPlan, _ initial: Parameters, precision: Precision,
    steps: Int, library: CuBLAS? = nil
  ) throws(Trouble) {
    self.library = library
    self.kernels = kernels
    self.plan = plan
    let context = kernels.context
    let device = context.device
    let tiles = ProductTiles(device: device, precision: precision)
    self.tiles = tiles
    let (inputs, hidden, classes) = (
      plan.network.inputs, plan.network.hidden, plan.network.classes
    )
    let (batch, processors) = (plan.batch, Int32(device[.multiprocessors]))
    func slice(_ rows: Int, _ columns: Int) -> Int {
      let tile = tiles.tile(kernels_form_tn, rows: rows, columns: columns, depth: batch)
      return Int(kernels_slice_depth(tile, Int32(rows), Int32(columns), Int32(batch), processors))
    }
    func count(_ depth: Int, _ slice: Int) -> Int {
      Int(kernels_product_slices(Int32(depth), Int32(slice)))
    }
    let thin = classes <= Int(kernels_thin_classes)
    let thinSlice = Int(kernels_thin_hidden_slice(Int32(batch), Int32(hidden), processors))
    hiddenSlice = thin ? thinSlice : Self.columnSumRows
    productSlice = slice(inputs, hidden)
    outputSlice = thin ? thinSlice : slice(hidden, classes)

    parameters = [
      try context.buffer(initial.hiddenWeights), try context.buffer(initial.hiddenBiases),
      try context.buffer(initial.outputWeights), try context.buffer(initial.outputBiases),
    ]
    velocities = try Self.zeros(like: parameters, context)
    // In one slice the product updates the parameters itself and leaves no partial gradient.
    let partials =
      library != nil ? 1 : productSlice < batch ? count(batch, productSlice) : 0
    var parts: [Buffer] = []
    for floats in [
      batch * hidden, batch * max(classes, Int(kernels_thin_classes)),
      max(1, partials * inputs * hidden), (batch / hiddenSlice + 1) * hidden,
      count(batch, outputSlice) * hidden * classes, (batch / 32 + 1) * classes, batch / 8 + 1,
      max(1, steps),
    ] {
      parts.append(try Buffer(context, floats: floats))
    }
    self.parts = parts
    step = try context.buffer([UInt64(0)])
  }

  @inline(never)
  private func part(_ part: Part) -> DeviceAddress { parts[part.rawValue].address }

  private static func zeros(like buffers: [Buffer], _ context: Context) throws(Trouble) -> [Buffer]
  {
    var zeros: [Buffer] = []
    for buffer in buffers {
      let zero = try Buffer(context, bytes: buffer.bytes)
      try context.set(zero, bytes: 0)
      zeros.append(zero)
    }
    return zeros
  }

  /// Asks for one step on `plan.batch` rows and labels.
  func train(rows: DeviceAddress, labels: DeviceAddress) throws(Trouble) {
    let network = plan.network
    try activate(rows)
    var update = kernels_update()
    update.losses = part(.losses)
    update.step = step.address
    update.loss_partials = part(.lossPartials)
    update.rate = plan.learningRate
    update.momentum = plan.momentum
    if network.classes <= Int(kernels_thin_classes) {
      try thinGradients(labels, &update)
    } else {
      try wideGradients(labels, &update)
    }
    update.hidden_weights = try hiddenWeightGradient(rows)
    try unsafe kernels.run(kernels_update_launch(&update), update)
  }

  /// The hidden layer's activations.
  private func activate(_ rows: DeviceAddress) throws(Trouble) {
    let (batch, inputs, hidden) = (plan.batch, plan.network.inputs, plan.network.hidden)
    guard let library else {
      let tile = tiles.tile(kernels_form_nn, rows: batch, columns: hidden, depth: inputs)
      return try kernels.run(
        Product(
          kernels_form_nn, tile, rows: batch, columns: hidden, depth: inputs, left: rows,
          right: parameters[0].address, result: part(.activations),
          extra: parameters[1].address, epilogue: kernels_epilogue_bias_tanh))
    }
    try library.multiply(
      kernels_form_nn, rows: batch, columns: hidden, depth: inputs, left: rows,
      right: parameters[0].address, result: part(.activations), tiles.precision)
    try unsafe kernels.run(
      kernels_activate_launch(Int32(batch), Int32(hidden), 32),
      kernels_activate(
        matrix: part(.activations), biases: parameters[1].address, rows: Int32(batch),
        columns: Int32(hidden), slice_rows: 32, reserved: 0))
  }

  /// rowsᵀ · hidden gradient, which lies in the activations' place.
  private func hiddenWeightGradient(_ rows: DeviceAddress) throws(Trouble) -> kernels_region {
    let (inputs, hidden) = (plan.network.inputs, plan.network.hidden)
    guard let library else {
      return try weightGradient(
        of: 0, left: rows, right: part(.activations), rows: inputs, columns: hidden,
        slice: productSlice, partials: part(.hiddenWeightPartials))
    }
    try library.multiply(
      kernels_form_tn, rows: inputs, columns: hidden, depth: plan.batch, left: rows,
      right: part(.activations), result: part(.hiddenWeightPartials), tiles.precision)
    return region(0, part(.hiddenWeightPartials), slices: 1)
  }

  /// Of the first `steps` steps.
  func losses(steps: Int) throws(Trouble) -> [Float] {
    try kernels.context.download(parts[Part.losses.rawValue], count: steps)
  }

  /// As they are now.
  func currentParameters() throws(Trouble) -> Parameters {
    let context = kernels.context
    func values(_ index: Int) throws(Trouble) -> [Float] {
      try context.download(parameters[index], count: parameters[index].bytes / 4)
    }
    return Parameters(
      hiddenWeights: try values(0), hiddenBiases: try values(1), outputWeights: try values(2),
      outputBiases: try values(3))
  }

  /// Up to 16 classes: two kernels do all that lies between the activations and the hidden gradient,
  /// which takes the activations' place.
  private func thinGradients(
    _ labels: DeviceAddress, _ update: inout kernels_update
  ) throws(Trouble) {
    let (batch, hidden) = (Int32(plan.batch), Int32(plan.network.hidden))
    let classes = Int32(plan.network.classes)
    let output = unsafe kernels_thin_output_launch(batch)
    try unsafe kernels.run(
      output,
      kernels_thin_output(
        activations: part(.activations), weights: parameters[2].address,
        biases: parameters[3].address, labels: labels, gradient: part(.gradient),
        losses: part(.lossPartials), bias_partials: part(.outputBiasPartials), batch: batch,
        hidden: hidden, classes: classes, reserved: 0))
    let layer = unsafe kernels_thin_hidden_launch(batch, hidden, Int32(hiddenSlice))
    try unsafe kernels.run(
      layer,
      kernels_thin_hidden(
        activations: part(.activations), gradient: part(.gradient),
        weights: parameters[2].address, hidden_gradient: part(.activations),
        weight_partials: part(.outputWeightPartials),
        bias_partials: part(.hiddenBiasPartials), batch: batch, hidden: hidden,
        classes: classes, slice_rows: Int32(hiddenSlice)))
    unsafe update.loss_slices = Int32(output.grid_x)
    update.hidden_biases = region(1, part(.hiddenBiasPartials), slices: unsafe Int(layer.grid_y))
    update.output_weights = region(2, part(.outputWeightPartials), slices: unsafe Int(layer.grid_y))
    update.output_biases = region(3, part(.outputBiasPartials), slices: unsafe Int(output.grid_x))
  }

  /// Any number of classes. The weights' gradient is taken first, because the hidden gradient then
  /// takes the activations' place.
  private func wideGradients(
    _ labels: DeviceAddress, _ update: inout kernels_update
  ) throws(Trouble) {
    let (batch, hidden, classes) = (plan.batch, plan.network.hidden, plan.network.classes)
    let forward = tiles.tile(kernels_form_nn, rows: batch, columns: classes, depth: hidden)
    try kernels.run(
      Product(
        kernels_form_nn, forward, rows: batch, columns: classes, depth: hidden,
        left: part(.activations), right: parameters[2].address, result: part(.gradient),
        extra: parameters[3].address, epilogue: kernels_epilogue_bias))
    let softmax = unsafe kernels_softmax_launch(Int32(batch))
    try unsafe kernels.run(
      softmax,
      kernels_softmax(
        logits: part(.gradient), labels: labels, gradient: part(.gradient),
        losses: part(.lossPartials), batch: Int32(batch), classes: Int32(classes)))
    unsafe update.loss_slices = Int32(softmax.grid_x)
    let backward = tiles.tile(kernels_form_nt, rows: batch, columns: hidden, depth: classes)
    let hiddenGradient = Product(
      kernels_form_nt, backward, rows: batch, columns: hidden, depth: classes,
      left: part(.gradient), right: parameters[2].address, result: part(.activations),
      extra: part(.activations), epilogue: kernels_epilogue_tanh_gradient)
    // With one slice this also changes the weights, which the hidden gradient needs as they were.
    let partial = try weightGradientProduct(
      left: part(.activations), right: part(.gradient), rows: hidden, columns: classes,
      slice: outputSlice, partials: part(.outputWeightPartials))
    try kernels.run(hiddenGradient)
    update.output_weights = region(2, part(.outputWeightPartials), slices: partial)
    update.output_biases = try biasGradient(3, part(.gradient), part(.outputBiasPartials))
    update.hidden_biases = try biasGradient(1, part(.activations), part(.hiddenBiasPartials))
  }

  /// `leftᵀ · right` over the batch. In one slice the product updates the parameters itself.
  private func weightGradient(
    of index: Int, left: DeviceAddress, right: DeviceAddress, rows: Int, columns: Int,
    slice: Int, partials: DeviceAddress
  ) throws(Trouble) -> kernels_region {
    guard slice >= plan.batch else {
      let slices = try weightGradientProduct(
        left: left, right: right, rows: rows, columns: columns, slice: slice, partials: partials)
      return region(index, partials, slices: slices)
    }
    let tile = tiles.tile(kernels_form_tn, rows: rows, columns: columns, depth: plan.batch)
    try kernels.run(
      Product(
        kernels_form_tn, tile, rows: rows, columns: columns, depth: plan.batch, left: left,
        right: right, result: parameters[index].address, extra: velocities[index].address,
        epilogue: kernels_epilogue_update, rate: plan.learningRate, momentum: plan.momentum))
    return kernels_region()
  }

  /// The same into `partials`; returns how many slices lie there.
  private func weightGradientProduct(
    left: DeviceAddress, right: DeviceAddress, rows: Int, columns: Int, slice: Int,
    partials: DeviceAddress
  ) throws(Trouble) -> Int {
    let tile = tiles.tile(kernels_form_tn, rows: rows, columns: columns, depth: plan.batch)
    let product = Product(
      kernels_form_tn, tile, rows: rows, columns: columns, depth: plan.batch, left: left,
      right: right, result: partials, sliceDepth: slice)
    try kernels.run(product)
    return product.slices
  }

  private func biasGradient(
    _ index: Int, _ matrix: DeviceAddress, _ partials: DeviceAddress
  ) throws(Trouble) -> kernels_region {
    let columns = Int32(parameters[index].bytes / 4)
    let rows = Int32(Self.columnSumRows)
    let launch = unsafe kernels_column_sums_launch(Int32(plan.batch), columns, rows)
    try unsafe kernels.run(
      launch,
      kernels_column_sums(
        matrix: matrix, partials: partials, rows: Int32(plan.batch),
        columns: columns, slice_rows: rows, reserved: 0))
    return region(index, partials, slices: unsafe Int(launch.grid_y))
  }

  private func region(_ index: Int, _ partials: DeviceAddress, slices: Int) -> kernels_region {
    kernels_region(
      parameters: parameters[index].address, velocity: velocities[index].address,
      partials: partials, count: Int32(parameters[index].bytes / 4),
      slices: Int32(slices))
  }
}

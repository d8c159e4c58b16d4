import Accelerators
import CDirectML
import Trainer

/// A network in the device's memory, and an epoch of its training as a sequence of operators.
///
/// The four matrices of parameters stand in one buffer, so that momentum and update are four operators
/// and not sixteen; their velocities and gradients stand the same way in others.
final class DeviceNetwork {
  private let device: Device
  private let plan: TrainingPlan
  private let layout: Layout
  private let parameters: Buffer
  private let velocities: Buffer
  private let gradients: Buffer
  private let memory: StepMemory
  private let samples: DeviceSamples
  private let epoch: Sequence
  private let probabilities: Buffer
  private let reading: CommandList

  /// - Parameter repeats: how often each step is made, for measurements.
  init(
    _ device: Device, _ plan: TrainingPlan, on samples: Samples, repeats: Int = 1
  ) throws(Trouble) {
    self.device = device
    self.plan = plan
    let layout = Layout(plan.network)
    self.layout = layout
    let initial = Parameters(plan.network, seed: plan.seed)
    parameters = try device.buffer(layout.flat(initial))
    velocities = try device.buffer([Float](repeating: 0, count: layout.count))
    // Zeros also between the matrices, where no gradient is ever written.
    gradients = try device.buffer([Float](repeating: 0, count: layout.count))
    memory = try StepMemory(device, plan)
    let deviceSamples = try DeviceSamples(device, plan, samples)
    self.samples = deviceSamples
    let operators = try StepOperators(device, plan, layout)
    var dispatches: [Dispatch] = []
    for step in 0..<plan.steps(on: samples) {
      let made = Self.step(
        plan, operators, memory, layout, deviceSamples, step,
        (parameters.all, velocities.all, gradients.all))
      for _ in 0..<repeats { dispatches += made }
    }
    epoch = try Sequence(device, dispatches)
    let probabilities = try Buffer(
      device, bytes: deviceSamples.probabilities.bytes, in: d3d12_readback)
    self.probabilities = probabilities
    reading = try CommandList(device) { list in
      list.copy(deviceSamples.probabilities.all, to: probabilities.all)
    }
  }

  /// - Returns: the time that the steps took, in nanoseconds.
  func runEpoch() throws(Trouble) -> UInt64 { try epoch.run() }

  /// The mean loss of each step of the last epoch.
  func losses(_ labels: [Int32]) throws(Trouble) -> [Float] {
    try device.execute(reading)
    let classes = plan.network.classes
    return try unsafe probabilities.read { bytes in
      let numbers = unsafe bytes.bindMemory(to: Float.self)
      return (0..<labels.count / plan.batch).map { step in
        var loss = 0.0
        let start = samples.probabilitiesOffset(step) / MemoryLayout<Float>.stride
        for row in 0..<plan.batch {
          let label = Int(labels[step * plan.batch + row])
          let probability = unsafe Double(numbers[start + row * classes + label])
          // Not a number stays what it is.
          loss -= probability == 0 ? -.infinity : Elementary.logarithm(probability)
        }
        return Float(loss / Double(plan.batch))
      }
    }
  }

  func currentParameters() throws(Trouble) -> Parameters {
    layout.parameters(try device.download(parameters.all, count: layout.count))
  }

  /// A = tanh(X·W₁ + b₁), P = softmax(A·W₂ + b₂), S = (P − Y) / batch, and back from there.
  private static func step(
    _ plan: TrainingPlan, _ operators: StepOperators, _ memory: StepMemory, _ layout: Layout,
    _ samples: DeviceSamples, _ step: Int, _ state: (w: Region, v: Region, g: Region)
  ) -> [Dispatch] {
    func part(_ region: Region, _ index: Int) -> Region { layout.region(index, of: region) }
    let (x, y, p) = (samples.rows(step), samples.wanted(step), samples.probabilities(step))
    let (a, da) = (memory.activations.all, memory.activationGradients.all)
    let (z, s, q) = (memory.outputs.all, memory.outputGradients.all, memory.slopes.all)
    let (w1, b1, w2, b2) = (
      part(state.w, 0), part(state.w, 1), part(state.w, 2), part(state.w, 3)
    )
    return [
      Dispatch(operators.hidden, [x, w1, b1], a),
      Dispatch(operators.output, [a, w2, b2], z),
      Dispatch(operators.softmax, [z], p),
      Dispatch(operators.error, [p, y], z),
      Dispatch(operators.mean, [z], s),
      Dispatch(operators.outputWeights, [a, s, nil], part(state.g, 2)),
      Dispatch(operators.outputBiases, [s], part(state.g, 3)),
      Dispatch(operators.back, [s, w2, nil], da),
      Dispatch(operators.square, [a, a], q),
      Dispatch(operators.slope, [q], q),
      Dispatch(operators.square, [da, q], da),
      Dispatch(operators.hiddenWeights, [x, da, nil], part(state.g, 0)),
      Dispatch(operators.hiddenBiases, [da], part(state.g, 1)),
      Dispatch(operators.momentum, [state.v], state.v),
      Dispatch(operators.add, [state.v, state.g], state.v),
      // The gradients have done their part; the descent takes their place in memory of its own.
      Dispatch(operators.rate, [state.v], memory.descent.all),
      Dispatch(operators.add, [state.w, memory.descent.all], state.w),
    ]
  }
}

/// The operators of a step, each compiled once.
private struct StepOperators {
  let hidden, output, softmax, error, mean: Operator
  let outputWeights, outputBiases, back, square, slope, hiddenWeights, hiddenBiases: Operator
  let momentum, add, rate: Operator

  init(_ device: Device, _ plan: TrainingPlan, _ layout: Layout) throws(Trouble) {
    func make(_ operation: dml_operation) throws(Trouble) -> Operator {
      try Operator(device, operation)
    }
    let (batch, inputs) = (plan.batch, plan.network.inputs)
    let (width, classes) = (plan.network.hidden, plan.network.classes)
    let (a, z) = (dml_matrix(batch, width), dml_matrix(batch, classes))
    let all = dml_matrix(1, layout.count)
    hidden = try make(.layer(rows: batch, depth: inputs, columns: width, tanh: true))
    output = try make(.layer(rows: batch, depth: width, columns: classes, tanh: false))
    softmax = try make(.softmax(z))
    error = try make(.difference(z))
    mean = try make(.scaled(z, by: 1 / Float(batch)))
    outputWeights = try make(
      .product(rows: width, depth: batch, columns: classes, transposes: (true, false)))
    outputBiases = try make(.columnSums(z))
    back = try make(
      .product(rows: batch, depth: classes, columns: width, transposes: (false, true)))
    square = try make(.elementProduct(a))
    slope = try make(.scaled(a, by: -1, plus: 1))
    hiddenWeights = try make(
      .product(rows: inputs, depth: batch, columns: width, transposes: (true, false)))
    hiddenBiases = try make(.columnSums(a))
    momentum = try make(.scaled(all, by: plan.momentum))
    add = try make(.sum(all))
    rate = try make(.scaled(all, by: -plan.learningRate))
  }
}

/// What a step works in.
private struct StepMemory {
  let activations, activationGradients, slopes: Buffer
  let outputs, outputGradients: Buffer
  let descent: Buffer

  init(_ device: Device, _ plan: TrainingPlan) throws(Trouble) {
    func floats(_ count: Int) throws(Trouble) -> Buffer {
      try Buffer(device, bytes: count * MemoryLayout<Float>.stride)
    }
    let hidden = plan.batch * plan.network.hidden
    activations = try floats(hidden)
    activationGradients = try floats(hidden)
    slopes = try floats(hidden)
    outputs = try floats(plan.batch * plan.network.classes)
    outputGradients = try floats(plan.batch * plan.network.classes)
    descent = try floats(Layout(plan.network).count)
  }
}

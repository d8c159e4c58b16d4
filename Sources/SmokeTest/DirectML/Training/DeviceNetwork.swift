import Accelerators
import CDirectML
import Trainer

/// A network, its samples and all that a step needs in one piece of the device's memory, and an epoch
/// of its training as a sequence of operators.
final class DeviceNetwork {
  private let device: Device
  private let plan: TrainingPlan
  private var layout: dml_layout
  private let memory: Buffer
  private let epoch: Sequence
  private let steps: Int

  /// - Parameter repeats: how often each step is made, for measurements.
  init(
    _ device: Device, _ plan: TrainingPlan, on samples: Samples, repeats: Int = 1
  ) throws(Trouble) {
    self.device = device
    self.plan = plan
    steps = plan.steps(on: samples)
    var sizes = dml_plan(plan)
    var layout = unsafe dml_lay_out(&sizes, UInt32(steps))
    self.layout = layout
    let memory = try device.buffer(Self.initial(plan, samples, &layout))
    self.memory = memory
    var operators: [Operator] = []
    for index in 0..<dml_operations {
      operators.append(try Operator(device, unsafe dml_training_operation(&sizes, index)))
    }
    func region(_ part: Int, _ step: Int) -> Region {
      let stride = MemoryLayout<Float>.stride
      return Region(
        buffer: memory, offset: unsafe dml_start(&layout, part, step) * stride,
        bytes: unsafe dml_count(&layout, part) * stride)
    }
    var dispatches: [Dispatch] = []
    for place in 0..<steps * repeats {
      let step = place / repeats
      for index in 0..<dml_step_length {
        let operation = operators[dml_step_operation(index)]
        var inputs: [Region?] = []
        for input in 0..<operation.inputs {
          let part = dml_step_input(index, input)
          inputs.append(part == 0 ? nil : region(part, step))
        }
        dispatches.append(
          Dispatch(
            operation: operation, inputs: inputs, output: region(dml_step_output(index), step)))
      }
    }
    epoch = try Sequence(device, dispatches)
  }

  /// What the memory begins with: samples, parameters, no velocity, and elsewhere what is no number, so
  /// that what is read before it was written is seen.
  private static func initial(
    _ plan: TrainingPlan, _ samples: Samples, _ layout: inout dml_layout
  ) -> [Float] {
    var numbers = [Float](repeating: .nan, count: layout.total)
    // Between the matrices, too, where no gradient is ever written.
    for part in [dml_w, dml_v, dml_g] {
      let start = unsafe dml_start(&layout, part, 0)
      for index in 0..<(unsafe dml_count(&layout, part)) {
        numbers[start + index] = 0
      }
    }
    let inputs = plan.network.inputs
    for row in 0..<plan.steps(on: samples) * plan.batch {
      let (step, place) = (row / plan.batch, row % plan.batch)
      let x = unsafe dml_start(&layout, dml_x, step) + place * inputs
      for input in 0..<inputs { numbers[x + input] = samples.rows[row * inputs + input] }
      let y = unsafe dml_start(&layout, dml_y, step) + place * plan.network.classes
      for label in 0..<plan.network.classes { numbers[y + label] = 0 }
      numbers[y + Int(samples.labels[row])] = 1
    }
    let parameters = Parameters(plan.network, seed: plan.seed)
    for (part, matrix) in [(dml_w1, parameters.hiddenWeights), (dml_w2, parameters.outputWeights)] {
      let start = unsafe dml_start(&layout, part, 0)
      for index in matrix.indices { numbers[start + index] = matrix[index] }
    }
    return numbers
  }

  /// - Returns: the time that the steps took, in nanoseconds.
  func runEpoch() throws(Trouble) -> UInt64 { try epoch.run() }

  /// The mean loss of each step of the last epoch.
  func losses(_ labels: [Int32]) throws(Trouble) -> [Float] {
    let part = dml_p
    let classes = plan.network.classes
    let first = unsafe dml_start(&layout, part, 0)
    let numbers = try device.download(
      memory, from: first, count: unsafe dml_start(&layout, part, steps) - first)
    var losses: [Float] = []
    for step in 0..<steps {
      var loss = 0.0
      let start = unsafe dml_start(&layout, part, step) - first
      for row in 0..<plan.batch {
        let label = Int(labels[step * plan.batch + row])
        let probability = Double(numbers[start + row * classes + label])
        // Not a number stays what it is.
        loss -= probability == 0 ? -.infinity : Elementary.logarithm(probability)
      }
      losses.append(Float(loss / Double(plan.batch)))
    }
    return losses
  }

  func currentParameters() throws(Trouble) -> Parameters {
    var matrices: [[Float]] = []
    for part in [dml_w1, dml_b1, dml_w2, dml_b2] {
      matrices.append(
        try device.download(
          memory, from: unsafe dml_start(&layout, part, 0), count: unsafe dml_count(&layout, part)))
    }
    return Parameters(
      hiddenWeights: matrices[0], hiddenBiases: matrices[1], outputWeights: matrices[2],
      outputBiases: matrices[3])
  }
}

extension dml_plan {
  init(_ plan: TrainingPlan) {
    self.init(
      batch: UInt32(plan.batch), inputs: UInt32(plan.network.inputs),
      hidden: UInt32(plan.network.hidden), classes: UInt32(plan.network.classes),
      learning_rate: plan.learningRate, momentum: plan.momentum)
  }
}

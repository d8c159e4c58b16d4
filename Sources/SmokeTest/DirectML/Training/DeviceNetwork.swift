import Accelerators
import CDirectML
import Trainer

/// A network, its samples and all that a step needs in one piece of the device's memory, and an epoch
/// of its training as a sequence of operators.
final class DeviceNetwork {
  private let device: Device
  private var plan: dml_plan
  private var layout: dml_layout
  private let memory: Buffer
  private let epoch: Sequence
  private let steps: Int

  /// - Parameter repeats: how often each step is made, for measurements.
  init(
    _ device: Device, _ plan: TrainingPlan, on samples: Samples, repeats: Int = 1
  ) throws(Trouble) {
    self.device = device
    steps = plan.steps(on: samples)
    var sizes = dml_plan(plan)
    var layout = unsafe dml_lay_out(&sizes, UInt32(steps))
    let parameters = Parameters(plan.network, seed: plan.seed)
    var numbers = [Float](repeating: 0, count: layout.total)
    unsafe dml_fill_training(
      &sizes, &layout, UInt32(steps), samples.rows, samples.labels, parameters.hiddenWeights,
      parameters.outputWeights, &numbers)
    memory = try device.buffer(numbers)
    var operators: [Operator] = []
    for index in 0..<dml_operations {
      operators.append(try Operator(device, unsafe dml_training_operation(&sizes, index)))
    }
    var dispatches: [Dispatch] = []
    for place in 0..<steps * repeats {
      for index in 0..<dml_step_length {
        let operation = dml_step_operation(index)
        var regions: [Region] = []
        for buffer in 0...Int(unsafe dml_training_operation(&sizes, operation).inputs) {
          let part = unsafe dml_step_part(&sizes, index, buffer)
          regions.append(
            unsafe .numbers(dml_start(&layout, part, place / repeats), dml_count(&layout, part)))
        }
        dispatches.append(Dispatch(operators[operation], regions))
      }
    }
    self.plan = sizes
    self.layout = layout
    epoch = try Sequence(device, memory, dispatches)
  }

  /// - Returns: the time that the steps took, in nanoseconds.
  func runEpoch() throws(Trouble) -> UInt64 { try epoch.run() }

  /// The mean loss of each step of the last epoch.
  func losses(_ labels: [Int32]) throws(Trouble) -> [Float] {
    let first = unsafe dml_start(&layout, dml_p, 0)
    let stride = unsafe dml_start(&layout, dml_p, 1) - first
    let numbers = try device.download(memory, from: first, count: steps * stride)
    var losses: [Float] = []
    for step in 0..<steps {
      losses.append(
        unsafe numbers.withUnsafeBufferPointer { numbers in
          unsafe labels.withUnsafeBufferPointer { labels in
            unsafe dml_mean_loss(
              &plan, numbers.baseAddress.map { unsafe $0 + step * stride },
              labels.baseAddress.map { unsafe $0 + step * Int(plan.batch) })
          }
        })
    }
    return losses
  }

  func currentParameters() throws(Trouble) -> Parameters {
    Parameters(
      hiddenWeights: try matrix(dml_w1), hiddenBiases: try matrix(dml_b1),
      outputWeights: try matrix(dml_w2), outputBiases: try matrix(dml_b2))
  }

  @inline(never)
  private func matrix(_ part: Int) throws(Trouble) -> [Float] {
    try device.download(
      memory, from: unsafe dml_start(&layout, part, 0), count: unsafe dml_count(&layout, part))
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

public import Accelerators
import CDirectML
import Platform
import Trainer

/// Runs operators on random numbers and holds what they give against float64.
final class OperatorCheck {
  /// How far a result may be from float64, for results of magnitude 1 and less absolutely, for larger
  /// ones relatively. Sums have at most a few hundred terms below 1: float32 rounds them by 1e-6.
  static let tolerance = 2e-5

  private let device: Device
  /// How many operators were right.
  private(set) var count = 0
  /// The largest distance seen.
  private(set) var worst = 0.0

  init(_ device: Device) { self.device = device }

  /// Every operator of a training step, in place where the step works in place.
  func checkAll(_ plan: dml_plan) throws(Trouble) {
    var plan = plan
    for index in 0..<dml_step_length {
      let operation = unsafe dml_training_operation(&plan, dml_step_operation(index))
      let isInPlace = dml_step_input(index, 0) == dml_step_output(index)
      try check(operation, inPlace: isInPlace)
      count += 1
    }
  }

  private func check(_ operation: dml_operation, inPlace: Bool) throws(Trouble) {
    var operation = operation
    var place = unsafe dml_place_operation(&operation, inPlace)
    var numbers = [Float](repeating: 0, count: place.total)
    unsafe dml_fill_inputs(&operation, &place, UInt64(count), &numbers)
    let memory = try device.buffer(numbers)
    let output = Int(operation.inputs)
    let dispatch = Dispatch(try Operator(device, operation), [Region](operation, place))
    try Sequence(device, memory, [dispatch]).run()
    let count = unsafe dml_place_count(&place, output)
    let got = try device.download(
      memory, from: unsafe dml_place_start(&place, output), count: count)
    var wanted = [Double](repeating: 0, count: count)
    unsafe dml_expect(&operation, &place, numbers, &wanted)
    let name = unsafe String(optionalCString: dml_operation_name(&operation))
    let distance = try Self.compare(
      got, wanted, Self.tolerance, inPlace ? name + " in place" : name)
    worst = max(worst, distance)
  }

  /// - Returns: the largest distance.
  /// - Throws: G3021 where it is beyond `tolerance`.
  @inline(never)
  static func compare(
    _ got: [Float], _ wanted: [Double], _ tolerance: Double, _ name: String
  ) throws(Trouble) -> Double {
    var index = 0
    let distance = unsafe dml_distance(got, wanted, wanted.count, &index)
    // Written so that what is no number fails.
    if distance <= tolerance { return distance }
    let numbers =
      significant(Double(got[index]), digits: 9) + ", not " + significant(wanted[index], digits: 9)
    throw Trouble("G3021", name, decimal(index), numbers)
  }
}

extension DirectMLAccelerator {
  public func checkKernels(_ level: Level) throws(Trouble) -> [Fact] {
    let check = OperatorCheck(try opened())
    // Of the training, and sizes that are no multiple of anything.
    try check.checkAll(dml_plan(.digits))
    var odd = dml_plan(
      batch: 70, inputs: 45, hidden: 37, classes: 11, learning_rate: 0.3, momentum: 0.9)
    try check.checkAll(odd)
    if level == .full {
      (odd.batch, odd.inputs, odd.hidden, odd.classes) = (517, 260, 300, 33)
      try check.checkAll(odd)
    }
    var facts = Facts()
    facts.add("kernels", check.count)
    facts.add("worst-error", check.worst, "")
    facts.add("tolerance", OperatorCheck.tolerance, "")
    return facts.all
  }
}

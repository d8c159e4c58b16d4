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
  private var random = RandomNumbers(seed: 20)

  init(_ device: Device) { self.device = device }

  /// Every operator of a training step, in place where the step works in place.
  func checkAll(_ plan: dml_plan) throws(Trouble) {
    var plan = plan
    for index in 0..<dml_step_length {
      let operation = unsafe dml_training_operation(&plan, dml_step_operation(index))
      try check(operation, inPlace: dml_step_input(index, 0) == dml_step_output(index))
      count += 1
    }
  }

  private func check(_ operation: dml_operation, inPlace: Bool) throws(Trouble) {
    var operation = operation
    var numbers: [Float] = []
    var starts: [Int] = []
    func addPart(_ count: Int, _ value: (Int) -> Float) {
      starts.append(numbers.count)
      for index in 0..<count { numbers.append(value(index)) }
      while numbers.count % (dml_alignment / MemoryLayout<Float>.stride) != 0 {
        numbers.append(.nan)
      }
    }
    for index in 0..<Int(operation.inputs) {
      addPart(Int(dml_numbers(unsafe dml_input(&operation, index)))) { _ in random.nextSigned() }
    }
    let outputCount = Int(dml_numbers(operation.output))
    // What an operator does not write is seen: it is no part of a right result.
    if !inPlace { addPart(outputCount) { _ in .nan } }
    while starts.count < 3 { starts.append(0) }
    let buffer = try device.buffer(numbers)
    func region(_ index: Int, _ count: Int) -> Region {
      let stride = MemoryLayout<Float>.stride
      return Region(buffer: buffer, offset: starts[index] * stride, bytes: count * stride)
    }
    let compiled = try Operator(device, operation)
    var inputs: [Region?] = []
    for index in 0..<compiled.inputs {
      let count = Int(dml_numbers(unsafe dml_input(&operation, index)))
      inputs.append(count == 0 ? nil : region(index, count))
    }
    let output = region(inPlace ? 0 : compiled.inputs, outputCount)
    let dispatch = Dispatch(operation: compiled, inputs: inputs, output: output)
    try Sequence(device, [dispatch]).run()
    let got = try device.download(
      buffer, from: starts[inPlace ? 0 : compiled.inputs], count: outputCount)
    var wanted = [Double](repeating: 0, count: outputCount)
    unsafe dml_expect(&operation, numbers, starts, &wanted)
    let name = unsafe String(cString: dml_operation_name(&operation))
    try compare(got, wanted, name + (inPlace ? " in place" : ""))
  }

  private func compare(_ got: [Float], _ wanted: [Double], _ name: String) throws(Trouble) {
    for index in wanted.indices {
      let distance = (Double(got[index]) - wanted[index]).magnitude
      let relative = distance / max(1, wanted[index].magnitude)
      // Written so that NaN fails.
      guard relative <= Self.tolerance else {
        throw Self.trouble(name, index, got[index], wanted[index])
      }
      worst = max(worst, relative)
    }
  }

  @inline(never)
  static func trouble(_ name: String, _ index: Int, _ got: Float, _ wanted: Double) -> Trouble {
    let numbers = significant(Double(got), digits: 9) + ", not " + significant(wanted, digits: 9)
    return Trouble("G3021", name, "\(index)", numbers)
  }
}

extension DirectMLAccelerator {
  public func checkKernels(_ level: Level) throws(Trouble) -> [Fact] {
    let check = OperatorCheck(try opened())
    // Of the training, and sizes that are no multiple of anything.
    try check.checkAll(dml_plan(.digits))
    let odd = dml_plan(
      batch: 70, inputs: 45, hidden: 37, classes: 11, learning_rate: 0.3, momentum: 0.9)
    try check.checkAll(odd)
    if level == .full {
      var large = odd
      (large.batch, large.inputs, large.hidden, large.classes) = (517, 260, 300, 33)
      try check.checkAll(large)
    }
    var facts = Facts()
    facts.add("kernels", check.count)
    facts.add("worst-error", check.worst, "")
    facts.add("tolerance", OperatorCheck.tolerance, "")
    return facts.all
  }
}

public import Accelerators
import CDirectML
import Trainer

/// Runs operators on random numbers and holds what they give against float64.
final class OperatorCheck {
  /// How far a result may be from float64, for results of magnitude 1 and less absolutely, for larger
  /// ones relatively. Sums have at most a few hundred terms below 1: float32 rounds them by 1e-6.
  static let tolerance = 2e-5

  private let device: Device
  /// The operators that were right.
  private(set) var names: Set<String> = []
  /// The largest distance seen.
  private(set) var worst = 0.0
  private var random = RandomNumbers(seed: 20)

  init(_ device: Device) { self.device = device }

  /// - Parameter inPlace: whether the result goes where the first input is.
  func check(_ operation: dml_operation, inPlace: Bool = false) throws(Trouble) {
    let inputs = operation.matrices.map { matrix in
      (0..<matrix.count).map { _ in random.nextSigned() }
    }
    var buffers: [Buffer?] = []
    for input in inputs { buffers.append(input.isEmpty ? nil : try device.buffer(input)) }
    // What an operator does not write is seen: it is no part of a right result.
    let untouched = [Float](repeating: .nan, count: operation.output.count)
    let ownOutput = try device.buffer(untouched)
    let output = inPlace ? buffers[0] ?? ownOutput : ownOutput
    func region(_ buffer: Buffer, _ matrix: dml_matrix) -> Region {
      buffer.all[0, bytes: Int(dml_matrix_bytes(matrix))]
    }
    let regions = zip(buffers, operation.matrices).map { buffer, matrix in
      buffer.map { region($0, matrix) }
    }
    let dispatch = Dispatch(
      try Operator(device, operation), regions, region(output, operation.output))
    try Sequence(device, [dispatch]).run()
    let got = try device.download(output.all, count: operation.output.count)
    try compare(got, operation.expected(inputs), operation.name + (inPlace ? " in place" : ""))
  }

  private func compare(_ got: [Float], _ wanted: [Double], _ name: String) throws(Trouble) {
    for index in wanted.indices {
      let distance =
        (Double(got[index]) - wanted[index]).magnitude / max(1, wanted[index].magnitude)
      // Written so that NaN fails.
      guard distance <= Self.tolerance else {
        throw Self.trouble(
          "\(name): number \(index) of \(wanted.count) is \(got[index]), not \(wanted[index])")
      }
      worst = max(worst, distance)
    }
    names.insert(name)
  }

  static func trouble(_ seen: String) -> Trouble {
    Trouble(
      code: "G3021", seen: seen,
      remedy: """
        The GPU computes wrong numbers. Undo overclocking, install a current driver in Windows, \
        restart the computer. If it stays, report it with the output of --json: the hardware may be \
        damaged, or the driver has a fault.
        """)
  }
}

extension DirectMLAccelerator {
  public func checkKernels(_ level: Level) throws(Trouble) -> [Fact] {
    let check = OperatorCheck(try opened())
    let plan = TrainingPlan.digits.network
    var sizes = [
      (70, 45, 37, 11), (TrainingPlan.digits.batch, plan.inputs, plan.hidden, plan.classes),
    ]
    if level == .full { sizes.append((517, 260, 300, 33)) }
    for (batch, inputs, hidden, classes) in sizes {
      let (a, z) = (dml_matrix(batch, hidden), dml_matrix(batch, classes))
      try check.check(.layer(rows: batch, depth: inputs, columns: hidden, tanh: true))
      try check.check(.layer(rows: batch, depth: hidden, columns: classes, tanh: false))
      try check.check(
        .product(rows: hidden, depth: batch, columns: classes, transposes: (true, false)))
      try check.check(
        .product(rows: batch, depth: classes, columns: hidden, transposes: (false, true)))
      try check.check(.softmax(z))
      try check.check(.difference(z))
      try check.check(.columnSums(a))
      try check.check(.elementProduct(a))
      try check.check(.elementProduct(a), inPlace: true)
      try check.check(.sum(a), inPlace: true)
      try check.check(.scaled(a, by: 0.9))
      try check.check(.scaled(a, by: -1, plus: 1), inPlace: true)
    }
    return [
      Fact("kernels", .count(check.names.count)),
      Fact("worst-error", .quantity(check.worst, unit: "")),
      Fact("tolerance", .quantity(OperatorCheck.tolerance, unit: "")),
    ]
  }
}

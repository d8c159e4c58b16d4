import CPlatform

/// A matrix in float64, row-major: the plain arithmetic that the trainer is held against. Nothing here
/// is fast, and it shares nothing with what it judges.
struct WideMatrix: Hashable, Sendable {
  let rows: Int
  let columns: Int
  var numbers: [Double]

  init(_ rows: Int, _ columns: Int, _ numbers: [Double]) {
    self.rows = rows
    self.columns = columns
    self.numbers = numbers
  }

  /// `numbers` must be `rows × columns`.
  init(_ rows: Int, _ columns: Int, _ numbers: [Float]) {
    self.init(rows, columns, numbers.map { Double($0) })
  }

  subscript(row: Int, column: Int) -> Double {
    get { numbers[row * columns + column] }
    set { numbers[row * columns + column] = newValue }
  }

  var transposed: WideMatrix {
    var result = WideMatrix(columns, rows, numbers)
    for row in 0..<rows {
      for column in 0..<columns { result[column, row] = self[row, column] }
    }
    return result
  }

  static func * (left: WideMatrix, right: WideMatrix) -> WideMatrix {
    var result = WideMatrix(
      left.rows, right.columns, [Double](repeating: 0, count: left.rows * right.columns))
    for row in 0..<left.rows {
      for k in 0..<left.columns {
        let factor = left[row, k]
        for column in 0..<right.columns { result[row, column] += factor * right[k, column] }
      }
    }
    return result
  }

  /// `extra[column]` added to each row.
  func adding(_ extra: [Double]) -> WideMatrix {
    mapped { _, column, number in number + extra[column] }
  }

  /// tanh of each number.
  var activated: WideMatrix {
    mapped { _, _, number in tanh(number) }
  }

  /// Each number times the slope of tanh where it gave `activations`: 1 − activation².
  func deactivated(by activations: WideMatrix) -> WideMatrix {
    mapped { row, column, number in
      number * (1 - activations[row, column] * activations[row, column])
    }
  }

  /// Added from the first row to the last.
  var columnSums: [Double] {
    (0..<columns).map { column in (0..<rows).reduce(0) { $0 + self[$1, column] } }
  }

  /// Softmax and cross-entropy of rows of scores: the loss of each row, and the gradient of their
  /// mean.
  func softmaxCrossEntropy(_ labels: [Int32]) -> (losses: [Double], gradient: WideMatrix) {
    var losses: [Double] = []
    var gradient = self
    for row in 0..<rows {
      let scores = (0..<columns).map { self[row, $0] }
      let largest = scores.max() ?? 0
      let powers = scores.map { exp($0 - largest) }
      let total = powers.reduce(0, +)
      let label = Int(labels[row])
      losses.append(log(total) - (scores[label] - largest))
      for column in 0..<columns {
        let wanted: Double = column == label ? 1 : 0
        gradient[row, column] = (powers[column] / total - wanted) / Double(rows)
      }
    }
    return (losses, gradient)
  }

  private func mapped(_ change: (Int, Int, Double) -> Double) -> WideMatrix {
    var result = self
    for row in 0..<rows {
      for column in 0..<columns { result[row, column] = change(row, column, self[row, column]) }
    }
    return result
  }
}

/// How far `found` is from the true `expected`: the largest |a − b| / (|b| + scale), where `scale` is
/// the root of the mean square of all of `expected`. So a number near 0 is judged by the size of its
/// neighbours, from whose cancellation it came. Not a number, or another count, is infinitely far.
func maximumRelativeError(_ found: [Float], against expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let square = expected.reduce(0) { $0 + $1 * $1 } / Double(max(1, expected.count))
  let scale = max(square.squareRoot(), .leastNormalMagnitude)
  var largest = 0.0
  for (number, wanted) in zip(found, expected) {
    let error = (Double(number) - wanted).magnitude / (wanted.magnitude + scale)
    guard error < .infinity else { return .infinity }
    largest = max(largest, error)
  }
  return largest
}

import CKernels

/// A row-major matrix of test data, and the arithmetic that the kernels are held against.
struct Matrix {
  let rows: Int
  let columns: Int
  var elements: [Double]

  init(_ rows: Int, _ columns: Int, _ element: (Int, Int) -> Double) {
    self.rows = rows
    self.columns = columns
    elements = (0..<rows * columns).map { element($0 / columns, $0 % columns) }
  }

  /// Float32 numbers in [−1, 1), the same for the same seed.
  init(_ rows: Int, _ columns: Int, seed: UInt64) {
    self.init(rows, columns) { row, column in
      let word = kernels_pattern_word(seed &* 1_000_003, UInt64(row * columns + column))
      return Double(Float(Int(word >> 40) - 1 << 23) / Float(1 << 23))
    }
  }

  subscript(row: Int, column: Int) -> Double { elements[row * columns + column] }

  var floats: [Float] { elements.map(Float.init) }
  var transposed: Matrix { Matrix(columns, rows) { self[$1, $0] } }

  static func * (left: Matrix, right: Matrix) -> Matrix {
    var product = Matrix(left.rows, right.columns) { _, _ in 0 }
    for i in 0..<left.rows {
      for k in 0..<left.columns {
        let factor = left[i, k]
        for j in 0..<right.columns {
          product.elements[i * right.columns + j] += factor * right[k, j]
        }
      }
    }
    return product
  }

  func map(_ element: (Int, Int, Double) -> Double) -> Matrix {
    Matrix(rows, columns) { element($0, $1, self[$0, $1]) }
  }

  var columnSums: [Double] {
    (0..<columns).map { column in (0..<rows).reduce(0) { $0 + self[$1, column] } }
  }
}

/// The largest difference.
func distance(_ found: [Float], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).reduce(0) { worst, pair in
    let difference = abs(Double(pair.0) - pair.1)
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}

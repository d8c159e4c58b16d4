import CDirectML
import Trainer

extension dml_operation {
  /// The result in float64.
  func expected(_ inputs: [[Float]]) -> [Double] {
    let first = inputs[0]
    switch type {
    case dml_gemm_operator: return expectedProduct(inputs)
    case dml_softmax_operator: return expectedSoftmax(first)
    case dml_reduce_operator:
      let columns = Int(output.columns)
      var sums = [Double](repeating: 0, count: columns)
      for index in first.indices { sums[index % columns] += Double(first[index]) }
      return sums
    case dml_identity_operator:
      return first.map { Double($0) * Double(scale) + Double(bias) }
    default:
      return zip(first, inputs[1]).map { a, b in
        let (a, b) = (Double(a), Double(b))
        return type == dml_add_operator ? a + b : type == dml_subtract_operator ? a - b : a * b
      }
    }
  }

  private func expectedProduct(_ inputs: [[Float]]) -> [Double] {
    let (rows, columns) = (Int(output.rows), Int(output.columns))
    let depth = Int(transposes.0 ? input.0.rows : input.0.columns)
    var results: [Double] = []
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = inputs[2].isEmpty ? 0 : Double(inputs[2][column])
        for index in 0..<depth {
          let a = inputs[0][transposes.0 ? index * rows + row : row * depth + index]
          let b = inputs[1][transposes.1 ? column * depth + index : index * columns + column]
          sum += Double(a) * Double(b)
        }
        results.append(ends_with_tanh ? Elementary.hyperbolicTangent(sum) : sum)
      }
    }
    return results
  }

  private func expectedSoftmax(_ numbers: [Float]) -> [Double] {
    let columns = Int(output.columns)
    var results = numbers.map { Elementary.exponential(Double($0)) }
    for start in stride(from: 0, to: results.count, by: columns) {
      let total = results[start..<start + columns].reduce(0, +)
      for index in start..<start + columns { results[index] /= total }
    }
    return results
  }
}

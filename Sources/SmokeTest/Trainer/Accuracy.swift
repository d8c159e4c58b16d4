extension Parameters {
  /// The share of `samples` that the network puts into their own class.
  public func accuracy(on samples: Samples) -> Double {
    let classes = outputBiases.count
    let batch = samples.count
    let product = CPUProduct(team: Team(threads: 1))
    let hidden = Floats(count: batch * hiddenBiases.count)
    let scores = Floats(count: batch * classes)
    let rows = Floats(samples.rows)
    let (first, second) = (Floats(hiddenWeights), Floats(outputWeights))
    let biases = Floats(hiddenBiases)
    let a = unsafe Matrix(hidden.start, batch, hiddenBiases.count)
    unsafe product.multiply(
      Matrix(rows.start, batch, samples.inputs),
      Matrix(first.start, samples.inputs, hiddenBiases.count), into: a)
    for row in 0..<batch {
      unsafe Rows.activate(a.start + row * a.columns, biases: biases.start, count: a.columns)
    }
    unsafe product.multiply(
      a, Matrix(second.start, a.columns, classes), into: Matrix(scores.start, batch, classes))
    let right = (0..<batch).count { row in
      let scored = (0..<classes).map { unsafe scores.start[row * classes + $0] + outputBiases[$0] }
      let best = scored.indices.max { scored[$0] < scored[$1] }
      return best == Int(samples.labels[row])
    }
    return Double(right) / Double(max(1, batch))
  }
}

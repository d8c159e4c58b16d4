extension Parameters {
  /// The share of `samples` that the network puts into their own class; none where the parameters are
  /// not those of one network.
  public func accuracy(on samples: Samples) -> Double {
    let classes = outputBiases.count
    let batch = samples.count
    guard hiddenWeights.count == samples.inputs * hiddenBiases.count,
      outputWeights.count == hiddenBiases.count * classes
    else { return 0 }
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
    var right = 0
    for row in 0..<batch {
      func score(_ number: Int) -> Float {
        unsafe scores.start[row * classes + number] + outputBiases[number]
      }
      var best = 0
      for number in 0..<classes where score(number) > score(best) { best = number }
      if best == Int(samples.labels[row]) { right += 1 }
    }
    return Double(right) / Double(max(1, batch))
  }
}

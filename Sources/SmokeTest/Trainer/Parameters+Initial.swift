extension Parameters {
  /// What a training begins with: weights uniform in ±√(6 / (rows + columns)) (Glorot and Bengio
  /// 2010), the hidden layer's first, row by row, from `RandomNumbers(seed:)`; biases 0.
  @inline(never)
  public init(_ network: Network, seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    func matrix(_ rows: Int, _ columns: Int) -> [Float] {
      let limit = (6 / Float(rows + columns)).squareRoot()
      return (0..<rows * columns).map { _ in limit * random.nextSigned() }
    }
    self.init(
      hiddenWeights: matrix(network.inputs, network.hidden),
      hiddenBiases: [Float](repeating: 0, count: network.hidden),
      outputWeights: matrix(network.hidden, network.classes),
      outputBiases: [Float](repeating: 0, count: network.classes))
  }
}

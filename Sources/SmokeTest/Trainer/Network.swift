/// The shape of the classifier: one hidden layer with the hyperbolic tangent, softmax at the end.
///
/// For a batch of `b` rows: `A = tanh(X·W₁ + b₁)` is `b × hidden`, `Z = A·W₂ + b₂` is
/// `b × classes`, and the loss is the mean over the rows of `log Σ exp(z) − z[label]`. The hyperbolic
/// tangent is smooth, so that two devices that round differently stay together for long.
public struct Network: Hashable, Sendable {
  public let inputs: Int
  public let hidden: Int
  public let classes: Int

  public init(inputs: Int, hidden: Int, classes: Int) {
    self.inputs = inputs
    self.hidden = hidden
    self.classes = classes
  }
}

/// What is trained. All matrices are row-major float32.
public struct Parameters: Hashable, Sendable {
  /// `inputs × hidden`.
  public var hiddenWeights: [Float]
  /// `hidden`.
  public var hiddenBiases: [Float]
  /// `hidden × classes`.
  public var outputWeights: [Float]
  /// `classes`.
  public var outputBiases: [Float]

  public init(
    hiddenWeights: [Float], hiddenBiases: [Float], outputWeights: [Float], outputBiases: [Float]
  ) {
    self.hiddenWeights = hiddenWeights
    self.hiddenBiases = hiddenBiases
    self.outputWeights = outputWeights
    self.outputBiases = outputBiases
  }
}

/// Rows to learn from or to be judged on.
public struct Samples: Sendable {
  /// `count × inputs`, row-major.
  public let rows: [Float]
  /// One class for each row, from 0.
  public let labels: [Int32]

  public var count: Int { labels.count }

  public init(rows: [Float], labels: [Int32]) {
    self.rows = rows
    self.labels = labels
  }
}

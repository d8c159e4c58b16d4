/// How to train: the same plan on the same samples does the same arithmetic on every backend.
///
/// An epoch is `samples.count / batch` steps over the samples in the order they are in, the last
/// incomplete batch left out, so that every epoch is the same sequence of operations and a device can
/// capture it once and replay it. A step is forward, backward, and stochastic gradient descent with
/// momentum: `v ← momentum·v + gradient; w ← w − learningRate·v`.
public struct TrainingPlan: Hashable, Sendable {
  public let network: Network
  /// Rows a step.
  public let batch: Int
  public let epochs: Int
  public let learningRate: Float
  public let momentum: Float
  /// What the initial parameters are drawn from.
  public let seed: UInt64

  public init(
    network: Network, batch: Int, epochs: Int, learningRate: Float, momentum: Float, seed: UInt64
  ) {
    self.network = network
    self.batch = batch
    self.epochs = epochs
    self.learningRate = learningRate
    self.momentum = momentum
    self.seed = seed
  }
}

/// What a training gave.
public struct TrainingRun: Sendable {
  /// The mean loss of each step's batch before that step's update, in order.
  public let losses: [Float]
  public let parameters: Parameters
  /// The steps alone, without set-up and copies.
  public let nanoseconds: UInt64

  public init(losses: [Float], parameters: Parameters, nanoseconds: UInt64) {
    self.losses = losses
    self.parameters = parameters
    self.nanoseconds = nanoseconds
  }
}

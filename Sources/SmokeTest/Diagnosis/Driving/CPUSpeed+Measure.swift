internal import Platform
internal import Trainer

extension TrainingPlan {
  /// The network whose training step is timed on the CPU while the device starts.
  static let speed = TrainingPlan(
    network: Network(inputs: 256, hidden: 1024, classes: 16), batch: 4096, epochs: 1,
    learningRate: 0.01, momentum: 0.9, seed: 1)
}

extension CPUSpeed {
  /// Times steps of a plan on all cores, in a batch small enough to be done while a driver starts;
  /// the best one counts, so that the device is held against the CPU at its best.
  static func measure(_ plan: TrainingPlan) -> CPUSpeed {
    let network = plan.network
    let row = Double(network.hidden * (2 * network.inputs + 3 * network.classes)) * 2
    let batch = min(plan.batch, max(64, Int(2e8 / row) / 64 * 64))
    var random = RandomNumbers(seed: plan.seed)
    let samples = Samples(
      rows: (0..<batch * network.inputs).map { _ in random.nextSigned() },
      labels: (0..<batch).map { Int32($0 % network.classes) })
    let small = TrainingPlan(
      network: network, batch: batch, epochs: 2, learningRate: plan.learningRate,
      momentum: plan.momentum, seed: plan.seed)
    var best = UInt64.max
    for _ in 0..<3 {
      let run = CPUTrainer.train(small, on: samples, threads: Processors.count)
      best = min(best, max(1, run.nanoseconds / 2))
    }
    let seconds = Double(best) / 1e9 / Double(batch)
    return CPUSpeed(
      network: network, row: seconds, operations: row / seconds, cores: Processors.count)
  }
}

import Platform

/// How fast all the CPU's cores are: what a device has to beat.
public struct CPUSpeed: Hashable, Sendable {
  /// Whose training was timed.
  public let network: Network
  /// Seconds to train a row of a batch.
  public let row: Double
  /// Floating point operations a second in a matrix product, a multiplication and an addition counted
  /// as two.
  public let product: Double
  public let cores: Int

  public init(network: Network, row: Double, product: Double, cores: Int) {
    self.network = network
    self.row = row
    self.product = product
    self.cores = cores
  }

  /// Times a step of `plan` and a matrix product on all cores.
  ///
  /// - Parameter exactly: with the batch of the plan and matrices of 1024 rows, for which a few cores
  ///   take some tenths of a second. Else there is as much of both as a core does in some milliseconds,
  ///   while a driver starts and others compute; that shows the CPU slower than it is.
  public static func measure(_ plan: TrainingPlan, exactly: Bool) -> CPUSpeed {
    let team = Team(threads: Processors.count)
    let work = exactly ? .infinity : 1e8 * Double(team.threads)
    let some = Int(min(work * Double(plan.batch) / plan.operations, 1e6)) / 64 * 64
    let batch = min(plan.batch, max(64, some))
    let samples = Samples.random(count: batch, for: plan.network, seed: 1)
    let rows = Floats(samples.rows)
    let step = TrainingStep(
      TrainingPlan(
        network: plan.network, batch: batch, epochs: 1, learningRate: plan.learningRate,
        momentum: plan.momentum, seed: plan.seed), team)
    let stepSeconds = fastest { _ = unsafe step.run(rows.start, samples.labels[...]) }

    var side = 256
    func operations() -> Double { 2 * Double(side * side * side) }
    while side < 1024, operations() < work { side += 64 }
    let operand = Floats(noise(side * side, seed: 2))
    let result = Floats(count: side * side)
    let productSeconds = fastest {
      let matrix = unsafe Matrix(operand.start, side, side)
      unsafe step.product.multiply(matrix, matrix, into: Matrix(result.start, side, side))
    }
    return CPUSpeed(
      network: plan.network, row: stepSeconds / Double(batch),
      product: operations() / productSeconds, cores: team.threads)
  }

  /// Calls `work` once unmeasured, so that its memory is there and its threads are awake.
  private static func fastest(_ work: () -> Void) -> Double {
    work()
    var time = FastestTime()
    while !time.isKnown {
      let stopwatch = Stopwatch()
      work()
      time.take(Double(stopwatch.nanoseconds) / 1e9)
    }
    return time.seconds
  }
}

extension Samples {
  /// Rows of numbers in -1 ..< 1 with labels that follow no rule: to measure with, not to learn from.
  public static func random(count: Int, for network: Network, seed: UInt64) -> Samples {
    var random = RandomNumbers(seed: ~seed)
    var labels: [Int32] = []
    for _ in 0..<count { labels.append(Int32(random.next(below: network.classes))) }
    return Samples(rows: noise(count * network.inputs, seed: seed), labels: labels)
  }
}

/// `count` numbers in -1 ..< 1.
private func noise(_ count: Int, seed: UInt64) -> [Float] {
  var random = RandomNumbers(seed: seed)
  var numbers = [Float](repeating: 0, count: count)
  for index in 0..<count { numbers[index] = random.nextSigned() }
  return numbers
}

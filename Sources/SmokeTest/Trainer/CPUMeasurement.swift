import Platform

/// What this machine's processors do in a second: what a device has to beat.
public struct CPUMeasurement: Sendable {
  /// Seconds of the fastest repetition.
  public let seconds: Double
  /// Floating point operations a second in it, a multiplication and an addition counted as two.
  public let rate: Double
  /// How many threads computed.
  public let threads: Int
  /// The instructions that they computed with, like `AVX-512`.
  public let instructions: String

  /// The float32 product of two square matrices of `side` rows.
  public static func product(
    side: Int, repetitions: Int = 3, threads: Int = Processors.count
  ) -> CPUMeasurement {
    let product = CPUProduct(team: Team(threads: threads))
    var random = RandomNumbers(seed: 1)
    let numbers = Floats((0..<side * side).map { _ in random.nextSigned() })
    let result = Floats(count: side * side)
    let operand = unsafe Matrix(numbers.start, side, side)
    return best(of: repetitions, operations: 2 * Double(side * side * side), by: product) {
      unsafe product.multiply(operand, operand, into: Matrix(result.start, side, side))
    }
  }

  /// A step of `plan`, on random rows.
  public static func step(
    _ plan: TrainingPlan, repetitions: Int = 3, threads: Int = Processors.count
  ) -> CPUMeasurement {
    let samples = Samples.random(count: plan.batch, for: plan.network, seed: 1)
    let rows = Floats(samples.rows)
    let step = TrainingStep(plan, Team(threads: threads))
    return best(of: repetitions, operations: plan.operations, by: step.product) {
      _ = unsafe step.run(rows.start, samples.labels[...])
    }
  }

  /// Calls `work` once unmeasured, so that its memory is there and its threads are awake.
  private static func best(
    of repetitions: Int, operations: Double, by product: CPUProduct, _ work: () -> Void
  ) -> CPUMeasurement {
    work()
    var least = UInt64.max
    for _ in 0..<max(1, repetitions) {
      let stopwatch = Stopwatch()
      work()
      least = min(least, stopwatch.nanoseconds)
    }
    let seconds = Double(max(1, least)) / 1e9
    return CPUMeasurement(
      seconds: seconds, rate: operations / seconds, threads: product.team.threads,
      instructions: product.instructions)
  }
}

extension Samples {
  /// Rows of numbers in -1 ..< 1 with labels that follow no rule: to measure with, not to learn from.
  public static func random(count: Int, for network: Network, seed: UInt64) -> Samples {
    var random = RandomNumbers(seed: seed)
    return Samples(
      rows: (0..<count * network.inputs).map { _ in random.nextSigned() },
      labels: (0..<count).map { _ in Int32(random.next(below: network.classes)) })
  }
}

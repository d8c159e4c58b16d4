internal import Accelerators
internal import Platform
internal import Trainer

/// What a device must show to pass.
enum Judgement {
  /// The losses of the first steps may differ from the CPU's by this, relative to the loss or to 1.
  static let lossTolerance = 1e-4
  /// How many steps those are.
  static let comparedSteps = 20
  /// The weights after the whole training may differ by this, relative to the largest of their matrix.
  static let weightTolerance = 1e-3
  /// The share of held-out digits that must be told apart.
  static let accuracy = 0.97
  /// How many times faster than all the CPU's cores the device must be.
  static let factor = 1.5
  /// The same where the CPU was measured while the driver started and others computed: by then it may
  /// have looked some times slower than it is.
  static let sureFactor = 6.0
  /// The share of its own speed that a device must keep under a load that lasts.
  static let sustainedShare = 0.5

  /// Holds a training against the CPU's.
  static func judge(
    _ run: TrainingRun, against reference: TrainingRun, heldOut: Samples
  ) -> (Outcome.State, [Fact]) {
    let lossError = lossError(run, reference)
    let weightError = weightError(run.parameters, reference.parameters)
    let (state, accuracy) = judgeAccuracy(run.parameters, heldOut: heldOut)
    var facts = Facts()
    facts.add("held-out-accuracy", accuracy * 100, "%")
    facts.add("steps", run.losses.count)
    facts.add("first-loss", Double(run.losses.first ?? .nan), "")
    facts.add("last-loss", Double(run.losses.last ?? .nan), "")
    facts.add("loss-error", lossError, "")
    facts.add("loss-tolerance", lossTolerance, "")
    facts.add("weight-error", weightError, "")
    facts.add("weight-tolerance", weightTolerance, "")
    facts.add("time", Double(run.nanoseconds) / 1e9, "s")
    if lossError.isNaN || weightError.isNaN { return (.failed(Trouble("G1064")), facts.all) }
    if lossError > lossTolerance {
      return (.failed(Trouble("G1061", shown(lossError), shown(lossTolerance))), facts.all)
    }
    if weightError > weightTolerance {
      return (.failed(Trouble("G1062", shown(weightError), shown(weightTolerance))), facts.all)
    }
    return (state, facts.all)
  }

  /// Whether the parameters tell the held-out digits apart.
  static func judgeAccuracy(
    _ parameters: Parameters, heldOut: Samples
  ) -> (Outcome.State, Double) {
    let accuracy = parameters.accuracy(on: heldOut)
    // Written so that what is not a number does not pass.
    if accuracy >= Self.accuracy { return (.passed, accuracy) }
    return (.failed(Trouble("G1063", shown(accuracy * 100), shown(Self.accuracy * 100))), accuracy)
  }

  private static func shown(_ value: Double) -> String { significant(value) }

  /// Not a number when there is anything that is none, or too few losses.
  static func lossError(_ run: TrainingRun, _ reference: TrainingRun) -> Double {
    guard run.losses.count == reference.losses.count, !run.losses.isEmpty else { return .nan }
    var worst = 0.0
    for step in 0..<min(comparedSteps, run.losses.count) {
      let (loss, expected) = (Double(run.losses[step]), Double(reference.losses[step]))
      worst = larger(worst, (loss - expected).magnitude / max(1, expected.magnitude))
    }
    return worst
  }

  static func weightError(_ parameters: Parameters, _ reference: Parameters) -> Double {
    let errors = (
      error(parameters.hiddenWeights, reference.hiddenWeights),
      error(parameters.hiddenBiases, reference.hiddenBiases),
      error(parameters.outputWeights, reference.outputWeights),
      error(parameters.outputBiases, reference.outputBiases)
    )
    return larger(larger(errors.0, errors.1), larger(errors.2, errors.3))
  }

  @inline(never)
  private static func error(_ weights: [Float], _ expected: [Float]) -> Double {
    guard weights.count == expected.count else { return .nan }
    var scale: Float = 1e-3
    for weight in expected { scale = max(scale, weight.magnitude) }
    var worst = 0.0
    for index in weights.indices {
      worst = larger(worst, Double((weights[index] - expected[index]).magnitude / scale))
    }
    return worst
  }

  private static func larger(_ a: Double, _ b: Double) -> Double {
    a.isNaN || b.isNaN ? .nan : max(a, b)
  }
}

extension Judgement {
  /// Holds a device's speed against the CPU's.
  ///
  /// - Parameters:
  ///   - seen: the CPU's speed as it was measured meanwhile.
  ///   - exact: measures the CPU again, now that it has nothing else to do; called where the device
  ///     passes, but not by far.
  static func judge(
    _ throughput: Throughput, against seen: CPUSpeed, exact: () -> CPUSpeed
  ) -> (Outcome.State, [Fact]) {
    let factors = factors(throughput, seen)
    let isClose = factors.least >= factor && factors.least < sureFactor
    return judge(throughput, against: isClose ? exact() : seen)
  }

  /// How many times faster than the CPU the device is.
  private static func factors(
    _ throughput: Throughput, _ cpu: CPUSpeed
  ) -> (step: Double, product: Double, least: Double) {
    let step = cpu.row * Double(throughput.plan.batch) / throughput.step
    let product = throughput.product / cpu.product
    return (step, product, min(step, product))
  }

  private static func judge(
    _ throughput: Throughput, against cpu: CPUSpeed
  ) -> (Outcome.State, [Fact]) {
    let (stepFactor, productFactor, least) = factors(throughput, cpu)
    let network = throughput.plan.network
    let times = "times the CPU"
    var facts = Facts()
    facts.add("factor", least, times)
    facts.add("required-factor", factor, times)
    facts.add("step-factor", stepFactor, times)
    facts.add("product-factor", productFactor, times)
    facts.add(
      "network", joined([network.inputs, network.hidden, network.classes].map { decimal($0) }, "-"))
    facts.add("batch", throughput.plan.batch)
    facts.add("step", throughput.step, "s")
    facts.add("cpu-step", cpu.row * Double(throughput.plan.batch), "s")
    facts.add("product", throughput.product, "FLOP/s")
    facts.add("product-by", throughput.productBy)
    facts.add("cpu-product", cpu.product, "FLOP/s")
    facts.add("cpu-cores", cpu.cores)
    facts.add("bandwidth", throughput.bandwidth, "B/s")
    // No device does more than it could; what the driver says of it is then wrong.
    for (name, share) in [
      ("product-of-theory", throughput.product / (throughput.theoreticalProduct ?? 0)),
      ("bandwidth-of-theory", throughput.bandwidth / (throughput.theoreticalBandwidth ?? 0)),
    ] where share <= 1.05 {
      facts.add(name, share * 100, "%")
    }
    let all = facts.all + throughput.facts
    // Written so that what is not a number does not pass; nor does it if a clock stands still.
    guard stepFactor >= factor, stepFactor < .infinity else {
      return (.failed(Trouble("G1071", shown(stepFactor), shown(factor))), all)
    }
    guard productFactor >= factor, productFactor < .infinity else {
      return (.failed(Trouble("G1072", shown(productFactor), shown(factor))), all)
    }
    let kept =
      quantity("sustained-slowest", in: all) / quantity("sustained-fastest", in: all)
    return (kept < sustainedShare ? .warned(Trouble("G1073", shown(kept * 100))) : .passed, all)
  }

  /// Not a number where there is no such fact.
  private static func quantity(_ name: String, in facts: [Fact]) -> Double {
    for fact in facts where fact.name == name {
      if case .quantity(let value, _) = fact.value { return value }
    }
    return .nan
  }
}

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

  /// Holds a training against the CPU's.
  static func judge(
    _ run: TrainingRun, against reference: TrainingRun, heldOut: Samples
  ) -> (Outcome.State, [Fact]) {
    let lossError = lossError(run, reference)
    let weightError = weightError(run.parameters, reference.parameters)
    let (state, accuracy) = judgeAccuracy(run.parameters, heldOut: heldOut)
    let facts = [
      Fact("held-out-accuracy", .quantity(accuracy * 100, unit: "%")),
      Fact("steps", .count(run.losses.count)),
      Fact("first-loss", .quantity(Double(run.losses.first ?? .nan), unit: "")),
      Fact("last-loss", .quantity(Double(run.losses.last ?? .nan), unit: "")),
      Fact("loss-error", .quantity(lossError, unit: "")),
      Fact("loss-tolerance", .quantity(lossTolerance, unit: "")),
      Fact("weight-error", .quantity(weightError, unit: "")),
      Fact("weight-tolerance", .quantity(weightTolerance, unit: "")),
      Fact("time", .quantity(Double(run.nanoseconds) / 1e9, unit: "s")),
    ]
    if let code = lossError.isNaN || weightError.isNaN
      ? "G1064"
      : lossError > lossTolerance ? "G1061" : weightError > weightTolerance ? "G1062" : nil
    {
      return (.failed(wrongNumbers(code, lossError: lossError, weightError: weightError)), facts)
    }
    return (state, facts)
  }

  /// Whether the parameters tell the held-out digits apart.
  static func judgeAccuracy(
    _ parameters: Parameters, heldOut: Samples
  ) -> (Outcome.State, Double) {
    let accuracy = parameters.accuracy(on: heldOut)
    // Written so that what is not a number does not pass.
    if accuracy >= Self.accuracy { return (.passed, accuracy) }
    return (
      .failed(
        Trouble(
          code: "G1063",
          seen: "only \(significant(accuracy * 100)) % of the held-out digits are told apart, "
            + "\(significant(Self.accuracy * 100)) % are needed",
          remedy: "The arithmetic is wrong somewhere: run again with --level full, which tests the "
            + "memory too, and report it.")), accuracy
    )
  }

  private static func wrongNumbers(
    _ code: String, lossError: Double, weightError: Double
  ) -> Trouble {
    let seen =
      switch code {
      case "G1061":
        "the losses of the first steps are \(significant(lossError)) off the CPU's, "
          + "\(significant(lossTolerance)) is allowed"
      case "G1062":
        "the trained weights are \(significant(weightError)) off the CPU's, "
          + "\(significant(weightTolerance)) is allowed"
      default: "the training gave what is not a number, or not as many as it should"
      }
    return Trouble(
      code: code, seen: seen,
      remedy: "The GPU computes wrong results. Undo overclocking, update the driver, and run with "
        + "--level full, which tests the memory; a GPU that stays wrong is broken.")
  }

  /// Not a number when there is anything that is none, or too few losses.
  static func lossError(_ run: TrainingRun, _ reference: TrainingRun) -> Double {
    guard run.losses.count == reference.losses.count, !run.losses.isEmpty else { return .nan }
    return zip(run.losses, reference.losses).prefix(comparedSteps).reduce(0) { worst, pair in
      let (loss, expected) = (Double(pair.0), Double(pair.1))
      return larger(worst, (loss - expected).magnitude / max(1, expected.magnitude))
    }
  }

  static func weightError(_ parameters: Parameters, _ reference: Parameters) -> Double {
    let pairs = [
      (parameters.hiddenWeights, reference.hiddenWeights),
      (parameters.hiddenBiases, reference.hiddenBiases),
      (parameters.outputWeights, reference.outputWeights),
      (parameters.outputBiases, reference.outputBiases),
    ]
    var worst = 0.0
    for (weights, expected) in pairs {
      guard weights.count == expected.count else { return .nan }
      let scale = expected.reduce(Float(1e-3)) { max($0, $1.magnitude) }
      for index in weights.indices {
        worst = larger(worst, Double((weights[index] - expected[index]).magnitude / scale))
      }
    }
    return worst
  }

  /// The larger one; not a number when one of them is none.
  private static func larger(_ a: Double, _ b: Double) -> Double {
    a.isNaN || b.isNaN ? .nan : max(a, b)
  }
}

extension Judgement {
  /// Holds a device's speed against the CPU's.
  static func judge(_ throughput: Throughput, against cpu: CPUSpeed) -> (Outcome.State, [Fact]) {
    let cpuStep = cpu.row * Double(throughput.plan.batch)
    let stepFactor = cpuStep / throughput.step
    let productFactor = throughput.product / cpu.operations
    let network = throughput.plan.network
    var facts = [
      Fact("factor", .quantity(min(stepFactor, productFactor), unit: "times the CPU")),
      Fact("required-factor", .quantity(factor, unit: "times the CPU")),
      Fact("step-factor", .quantity(stepFactor, unit: "times the CPU")),
      Fact("product-factor", .quantity(productFactor, unit: "times the CPU")),
      Fact("network", .text("\(network.inputs)-\(network.hidden)-\(network.classes)")),
      Fact("batch", .count(throughput.plan.batch)),
      Fact("step", .quantity(throughput.step, unit: "s")),
      Fact("cpu-step", .quantity(cpuStep, unit: "s")),
      Fact("product", .quantity(throughput.product, unit: "FLOP/s")),
      Fact("product-by", .text(throughput.productBy)),
      Fact("cpu-product", .quantity(cpu.operations, unit: "FLOP/s")),
      Fact("cpu-cores", .count(cpu.cores)),
      Fact("bandwidth", .quantity(throughput.bandwidth, unit: "B/s")),
    ]
    if let theory = throughput.theoreticalProduct {
      facts.append(
        Fact("product-of-theory", .quantity(throughput.product / theory * 100, unit: "%")))
    }
    if let theory = throughput.theoreticalBandwidth {
      facts.append(
        Fact("bandwidth-of-theory", .quantity(throughput.bandwidth / theory * 100, unit: "%")))
    }
    facts += throughput.facts
    guard stepFactor >= factor else { return (.failed(slow("G1071", stepFactor)), facts) }
    guard productFactor >= factor else { return (.failed(slow("G1072", productFactor)), facts) }
    return (.passed, facts)
  }

  private static func slow(_ code: String, _ factor: Double) -> Trouble {
    let what = code == "G1071" ? "a training step" : "a large matrix product"
    return Trouble(
      code: code,
      seen: "\(what) is \(significant(factor)) times as fast as on all the CPU's cores, "
        + "\(significant(Self.factor)) is required",
      remedy: "See what else uses the GPU (nvidia-smi), its power and temperature limits, and a "
        + "laptop's power supply; a small GPU beside many cores may really be slower.")
  }
}

@testable import Trainer

/// How far two runs of one plan are apart, and how far they may be.
///
/// Both do the same arithmetic and only add in another order, so they differ by rounding, which the
/// training carries on from step to step.
struct Agreement: Hashable, Sendable {
  /// The largest difference of the losses of the first `firstSteps` steps.
  let firstLosses: Double
  /// The largest difference of any step's losses.
  let losses: Double
  /// The largest difference of any weight or bias at the end.
  let weights: Double

  /// Steps in which rounding has hardly been carried on.
  static let firstSteps = 10

  /// How far apart runs may be.
  struct Tolerance: Hashable, Sendable {
    let firstLosses: Double
    let losses: Double
    let weights: Double

    init(firstLosses: Double, losses: Double, weights: Double) {
      self.firstLosses = firstLosses
      self.losses = losses
      self.weights = weights
    }

    /// For float32 on both sides, any seed of the digits' plan. On a CPU with AVX-512, float32 and
    /// float64 ended at most 5.4e-7, 2.5e-6 and 2.1e-5 apart with 200 seeds (the medians are 6e-8,
    /// 2.4e-7 and 2.1e-6: a few trainings magnify their rounding tenfold, in float64 as well). Two
    /// float32 runs can be twice as far apart, and devices whose tanh and exp are less exact get
    /// about five times that. It does not hold for TF32.
    static let float32 = Tolerance(firstLosses: 5e-6, losses: 2.5e-5, weights: 2e-4)
  }

  /// Not a number, or another count, is infinitely far.
  init(_ run: TrainingRun, _ other: TrainingRun) {
    func distance(_ these: some Collection<Float>, _ those: some Collection<Float>) -> Double {
      guard these.count == those.count else { return .infinity }
      var largest = 0.0
      for (this, that) in zip(these, those) {
        let difference = (Double(this) - Double(that)).magnitude
        guard difference < .infinity else { return .infinity }
        largest = max(largest, difference)
      }
      return largest
    }
    let first = Self.firstSteps
    firstLosses = distance(run.losses.prefix(first), other.losses.prefix(first))
    losses = distance(run.losses, other.losses)
    weights = distance(run.parameters.all, other.parameters.all)
  }

  /// Whether every difference is within `tolerance`.
  func isWithin(_ tolerance: Tolerance) -> Bool {
    firstLosses <= tolerance.firstLosses && losses <= tolerance.losses
      && weights <= tolerance.weights
  }
}

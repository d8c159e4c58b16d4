import Accelerators
import Testing
import Trainer

@testable import Diagnosis

/// Where a device's speed is enough.
@Suite struct JudgementTests {
  private static let plan = TrainingPlan.speed
  /// A step takes it a second; it multiplies at 1 FLOP/s.
  private static let cpu = CPUSpeed(
    network: plan.network, row: 1 / Double(plan.batch), product: 1, cores: 2)

  private func throughput(
    _ step: Double = 100, _ product: Double = 100, bandwidth: Double = 1,
    theory: (product: Double?, bandwidth: Double?) = (nil, nil), facts: [Fact] = []
  ) -> Throughput {
    Throughput(
      step: 1 / step, plan: Self.plan, product: product, productBy: "double",
      bandwidth: bandwidth, theoreticalProduct: theory.product,
      theoreticalBandwidth: theory.bandwidth, facts: facts)
  }

  /// The code, or nothing where it passes; the CPU is no faster when it is measured again.
  private func code(_ throughput: Throughput) -> String? {
    Outcome(.acceleration, Judgement.judge(throughput, against: Self.cpu) { Self.cpu }.0)
      .trouble?.code
  }

  @Test(
    arguments: [
      (1.51, 1.51, nil), (1.49, 1.51, "G1071"), (1.51, 1.49, "G1072"), (1.49, 1.49, "G1071"),
      (0, 100, "G1071"), (100, 0, "G1072"), (-100, 100, "G1071"), (.nan, 100, "G1071"),
      (100, .nan, "G1072"), (.infinity, 100, "G1071"), (100, .infinity, "G1072"),
    ] as [(Double, Double, String?)])
  func aDeviceMustBeFasterByTheFactor(_ step: Double, _ product: Double, _ expected: String?) {
    #expect(code(throughput(step, product)) == expected)
  }

  /// What was measured while others computed is not enough for a device that passes narrowly.
  @Test(
    arguments: [
      (1.4, 100, 0), (1.6, 100, 1), (100, 1.6, 1), (5.9, 5.9, 1), (6.1, 6.1, 0), (.nan, 100, 0),
    ] as [(Double, Double, Int)])
  func theCPUIsMeasuredAgainWhereItIsClose(_ step: Double, _ product: Double, _ expected: Int) {
    var times = 0
    _ = Judgement.judge(throughput(step, product), against: Self.cpu) {
      times += 1
      return Self.cpu
    }
    #expect(times == expected)
  }

  @Test func theExactMeasurementDecides() {
    let faster = CPUSpeed(
      network: Self.plan.network, row: Self.cpu.row / 4, product: 1, cores: 2)
    let (state, facts) = Judgement.judge(throughput(4, 5), against: Self.cpu) { faster }
    #expect(Outcome(.acceleration, state).trouble?.code == "G1071")
    #expect(facts.contains(Fact("step-factor", .quantity(1, unit: "times the CPU"))))
    #expect(facts.contains(Fact("cpu-step", .quantity(0.25, unit: "s"))))
  }

  /// Where a device does more than it could, the driver told wrong figures.
  @Test func noShareIsBeyondAll() {
    func names(_ throughput: Throughput) -> [String] {
      Judgement.judge(throughput, against: Self.cpu) { Self.cpu }.1.map(\.name)
        .filter { $0.hasSuffix("-of-theory") }
    }
    #expect(names(throughput()) == [])
    #expect(
      names(throughput(bandwidth: 104, theory: (200, 100))) == [
        "product-of-theory", "bandwidth-of-theory",
      ])
    #expect(names(throughput(bandwidth: 106, theory: (90, 100))) == [])
  }

  @Test(arguments: [(0.51, nil), (0.49, "G1073")] as [(Double, String?)])
  func aLoadMustNotHalveTheSpeed(_ share: Double, _ expected: String?) {
    let facts = [
      Fact("sustained-slowest", .quantity(share * 1e12, unit: "FLOP/s")),
      Fact("sustained-fastest", .quantity(1e12, unit: "FLOP/s")),
    ]
    let (state, _) = Judgement.judge(throughput(facts: facts), against: Self.cpu) { Self.cpu }
    let outcome = Outcome(.acceleration, state)
    #expect(outcome.trouble?.code == expected)
    // It is faster than the CPU all the same.
    #expect(Verdict([outcome], isEmulated: false) == .passed)
    #expect(Verdict([outcome], isEmulated: true) == .emulated)
  }
}

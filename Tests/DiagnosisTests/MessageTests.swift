import Accelerators
import Testing
import Trainer

@testable import Diagnosis

@Suite struct MessageTests {
  private let messages: [Message] = [
    .begun(.driver, at: 5),
    .ended(
      .device, at: .max,
      [
        Fact("name", .text("GPU \u{1F600} \"\n")), Fact("count", .count(-3)),
        Fact("memory", .quantity(8.5e10, unit: "B")),
      ]),
    .warned(
      .device, at: 9, [Fact("emulated", .text("software"))],
      Trouble(code: "G3032", seen: "software", remedy: "hardware")),
    .failed(.memory, at: 0, Trouble(code: "G2954", seen: "a bit", remedy: "")),
    .trained(
      TrainingRun(
        losses: [1.5, .nan, -.infinity],
        parameters: Parameters(
          hiddenWeights: [1, 2], hiddenBiases: [], outputWeights: [3], outputBiases: [4]),
        nanoseconds: 7)),
    .measured(
      Throughput(
        step: 1e-3,
        plan: TrainingPlan(
          network: Network(inputs: 4, hidden: 5, classes: 6), batch: 7, epochs: 8,
          learningRate: 0.5, momentum: 0.25, seed: 9), product: 1e12, productBy: "kiln",
        bandwidth: 1e11, theoreticalProduct: nil, theoreticalBandwidth: 2e11,
        facts: [Fact("sustained", .quantity(20, unit: "s"))])),
    .finished,
  ]

  private var bytes: [UInt8] { messages.flatMap(\.bytes) }

  @Test func whatIsSentArrivesWhateverThePieces() {
    for size in [1, 7, 64, 100_000] {
      var reader = MessageReader()
      var arrived: [Message] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        arrived += reader.read(Array(bytes[start..<min(start + size, bytes.count)]))
      }
      #expect(arrived.count == messages.count)
      #expect(!reader.isBroken)
      #expect(arrived.flatMap(\.bytes) == bytes)
    }
  }

  @Test func valuesSurvive() throws {
    var reader = MessageReader()
    let arrived = reader.read(bytes)
    guard case .ended(.device, at: .max, let facts) = arrived[1],
      case .trained(let run) = arrived[4], case .measured(let throughput) = arrived[5]
    else {
      Issue.record("other messages came")
      return
    }
    guard case .warned(.device, at: 9, let warned, let trouble) = arrived[2] else {
      Issue.record("the warning became another message")
      return
    }
    #expect(warned == [Fact("emulated", .text("software"))])
    #expect(trouble == Trouble(code: "G3032", seen: "software", remedy: "hardware"))
    #expect(facts.map(\.name) == ["name", "count", "memory"])
    #expect(facts[0].value == .text("GPU \u{1F600} \"\n"))
    #expect(run.losses[0] == 1.5 && run.losses[1].isNaN && run.losses[2] == -.infinity)
    #expect(run.parameters.hiddenWeights == [1, 2])
    #expect(throughput.plan.network == Network(inputs: 4, hidden: 5, classes: 6))
    #expect(throughput.theoreticalProduct == nil)
    #expect(throughput.facts.count == 1)
  }

  @Test func spoiltBytesBreakNothing() {
    var broken = 0
    for index in bytes.indices {
      for value: UInt8 in [0, 0x7F, 0xFF] {
        var spoilt = bytes
        spoilt[index] = value
        var reader = MessageReader()
        #expect(reader.read(spoilt).count <= messages.count)
        broken += reader.isBroken ? 1 : 0
      }
    }
    #expect(broken > 100)
  }

  @Test func aMessageThatIsTooLongIsRefusedAtOnce() {
    var reader = MessageReader()
    #expect(reader.read([0xFF, 0xFF, 0xFF, 0x7F]).isEmpty)
    #expect(reader.isBroken)
  }
}

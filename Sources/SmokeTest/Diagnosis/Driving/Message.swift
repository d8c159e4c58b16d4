internal import Accelerators
internal import Platform
internal import Trainer

/// What the process that drives the device tells the one that watches it.
///
/// A message on the pipe is its length (4 bytes), its kind (1 byte), then fields; all little-endian as
/// both ends are the same program. Times are ``Stopwatch/now``'s.
indirect enum Message {
  case begun(Stage, at: UInt64)
  case ended(Stage, at: UInt64, [Fact])
  case warned(Stage, at: UInt64, [Fact], Trouble)
  case failed(Stage, at: UInt64, Trouble)
  case trained(TrainingRun)
  case measured(Throughput)
  /// Nothing more comes.
  case finished
}

extension Message {
  var bytes: [UInt8] {
    let packer = Packer()
    switch self {
    case .begun(let stage, let time):
      packer.put(0, stage, time)
    case .ended(let stage, let time, let facts):
      packer.put(1, stage, time)
      packer.put(facts)
    case .failed(let stage, let time, let trouble):
      packer.put(2, stage, time)
      packer.put(trouble)
    case .trained(let run):
      packer.put(UInt8(3))
      packer.put(run.losses)
      packer.put(run.parameters.hiddenWeights)
      packer.put(run.parameters.hiddenBiases)
      packer.put(run.parameters.outputWeights)
      packer.put(run.parameters.outputBiases)
      packer.put(Int(run.nanoseconds))
    case .measured(let throughput):
      packer.put(UInt8(4))
      packer.put(throughput)
    case .finished:
      packer.put(UInt8(5))
    case .warned(let stage, let time, let facts, let trouble):
      packer.put(6, stage, time)
      packer.put(facts)
      packer.put(trouble)
    }
    return packer.message
  }
}

private final class Packer {
  private var body: [UInt8] = []

  /// The body with its length before it.
  var message: [UInt8] {
    let packer = Packer()
    packer.put(UInt64(body.count), bytes: 4)
    return packer.body + body
  }

  func put(_ byte: UInt8) { body.append(byte) }

  func put(_ value: UInt64, bytes count: Int = 8) {
    for index in 0..<count { body.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
  }

  func put(_ value: Int) { put(UInt64(bitPattern: Int64(value))) }

  func put(_ kind: UInt8, _ stage: Stage, _ time: UInt64) {
    put(kind)
    put(stage.rawValue)
    put(time)
  }

  func put(_ value: Double) { put(value.bitPattern) }

  func put(_ text: String) {
    let bytes = text.bytes
    put(bytes.count)
    body += bytes
  }

  func put(_ trouble: Trouble) {
    put(trouble.code)
    put(trouble.seen)
    put(trouble.remedy)
  }

  func put(_ numbers: [Float]) {
    put(numbers.count)
    body.reserveCapacity(body.count + numbers.count * 4)
    for number in numbers { put(UInt64(number.bitPattern), bytes: 4) }
  }

  func put(_ facts: [Fact]) {
    put(facts.count)
    for fact in facts { put(fact) }
  }

  private func put(_ fact: Fact) {
    put(fact.name)
    switch fact.value {
    case .text(let text):
      put(UInt8(0))
      put(text)
    case .count(let count):
      put(UInt8(1))
      put(count)
    case .quantity(let value, let unit):
      put(UInt8(2))
      put(value)
      put(unit)
    }
  }

  func put(_ throughput: Throughput) {
    let plan = throughput.plan
    put(throughput.step)
    for number in [
      plan.network.inputs, plan.network.hidden, plan.network.classes, plan.batch, plan.epochs,
    ] {
      put(number)
    }
    put(Double(plan.learningRate))
    put(Double(plan.momentum))
    put(plan.seed)
    put(throughput.product)
    put(throughput.productBy)
    put(throughput.bandwidth)
    put(throughput.theoreticalProduct ?? .nan)
    put(throughput.theoreticalBandwidth ?? .nan)
    put(throughput.facts)
  }
}

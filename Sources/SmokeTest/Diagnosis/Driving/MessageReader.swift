internal import Accelerators
internal import Platform
internal import Trainer

/// Puts messages together from what a pipe delivers in pieces. A driver that writes over the child's
/// memory may make it send anything: nothing here trusts a length.
struct MessageReader {
  private var pending: [UInt8] = []
  private(set) var isBroken = false

  /// More than any message has.
  private static let limit = 64 << 20

  /// The messages that are complete with `bytes`.
  mutating func read(_ bytes: [UInt8]) -> [Message] {
    pending += bytes
    var messages: [Message] = []
    var start = 0
    while !isBroken, let length = Bytes(pending, from: start).word(at: 0) {
      guard length <= Self.limit else {
        isBroken = true
        break
      }
      let end = start + 4 + length
      guard end <= pending.count else { break }
      var fields = Fields(pending[(start + 4)..<end])
      if let message = fields.message(), fields.isAtEnd {
        messages.append(message)
      } else {
        isBroken = true
      }
      start = end
    }
    pending.removeFirst(start)
    return messages
  }
}

/// The fields of one message; nothing when they go on after its end.
private struct Fields {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

  var isAtEnd: Bool { position == bytes.count }

  mutating func message() -> Message? {
    guard let kind = byte() else { return nil }
    switch kind {
    case 0: return moment().map { .begun($0, at: $1) }
    case 1:
      guard let (stage, time) = moment(), let facts = facts() else { return nil }
      return .ended(stage, at: time, facts)
    case 2:
      guard let (stage, time) = moment(), let trouble = trouble() else { return nil }
      return .failed(stage, at: time, trouble)
    case 3: return run().map { .trained($0) }
    case 4: return throughput().map { .measured($0) }
    case 5: return .finished
    case 6:
      guard let (stage, time) = moment(), let facts = facts(), let trouble = trouble() else {
        return nil
      }
      return .warned(stage, at: time, facts, trouble)
    default: return nil
    }
  }

  private mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    position += 1
    return bytes[position - 1]
  }

  private mutating func value(bytes count: Int = 8) -> UInt64? {
    guard bytes.count - position >= count else { return nil }
    var value: UInt64 = 0
    for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[position + index]) }
    position += count
    return value
  }

  private mutating func number() -> Int? { value().map { Int(Int64(bitPattern: $0)) } }

  private mutating func double() -> Double? { value().map { Double(bitPattern: $0) } }

  /// How many things of at least `size` bytes follow.
  private mutating func count(of size: Int) -> Int? {
    guard let count = number(), count >= 0, count <= (bytes.count - position) / size else {
      return nil
    }
    return count
  }

  private mutating func moment() -> (Stage, UInt64)? {
    guard let stage = byte().flatMap({ Stage(rawValue: $0) }), let time = value() else {
      return nil
    }
    return (stage, time)
  }

  private mutating func text() -> String? {
    guard let count = count(of: 1) else { return nil }
    position += count
    return String(bytes: bytes[(position - count)..<position])
  }

  private mutating func trouble() -> Trouble? {
    guard let code = text(), let seen = text(), let remedy = text() else { return nil }
    return Trouble(code: code, seen: seen, remedy: remedy)
  }

  private mutating func floats() -> [Float]? {
    guard let count = count(of: 4) else { return nil }
    var floats: [Float] = []
    floats.reserveCapacity(count)
    for _ in 0..<count {
      guard let bits = value(bytes: 4) else { return nil }
      floats.append(Float(bitPattern: UInt32(bits)))
    }
    return floats
  }

  private mutating func facts() -> [Fact]? {
    guard let count = count(of: 1) else { return nil }
    var facts: [Fact] = []
    for _ in 0..<count {
      guard let fact = fact() else { return nil }
      facts.append(fact)
    }
    return facts
  }

  private mutating func fact() -> Fact? {
    guard let name = text(), let kind = byte() else { return nil }
    switch kind {
    case 0: return text().map { Fact(name, .text($0)) }
    case 1: return number().map { Fact(name, .count($0)) }
    case 2:
      guard let value = double(), let unit = text() else { return nil }
      return Fact(name, .quantity(value, unit: unit))
    default: return nil
    }
  }

  private mutating func run() -> TrainingRun? {
    guard let losses = floats(), let hiddenWeights = floats(), let hiddenBiases = floats(),
      let outputWeights = floats(), let outputBiases = floats(), let nanoseconds = value()
    else { return nil }
    return TrainingRun(
      losses: losses,
      parameters: Parameters(
        hiddenWeights: hiddenWeights, hiddenBiases: hiddenBiases, outputWeights: outputWeights,
        outputBiases: outputBiases), nanoseconds: nanoseconds)
  }

  private mutating func throughput() -> Throughput? {
    guard let step = double(), let plan = plan(), let product = double(), let productBy = text(),
      let bandwidth = double(), let theoreticalProduct = double(),
      let theoreticalBandwidth = double(), let facts = facts()
    else { return nil }
    return Throughput(
      step: step, plan: plan, product: product, productBy: productBy, bandwidth: bandwidth,
      theoreticalProduct: theoreticalProduct.isNaN ? nil : theoreticalProduct,
      theoreticalBandwidth: theoreticalBandwidth.isNaN ? nil : theoreticalBandwidth,
      facts: facts)
  }

  private mutating func plan() -> TrainingPlan? {
    guard let inputs = number(), let hidden = number(), let classes = number(),
      let batch = number(), let epochs = number(), let learningRate = double(),
      let momentum = double(), let seed = value()
    else { return nil }
    // Beyond these somebody would have to compute with numbers that overflow.
    for size in [inputs, hidden, classes, batch, epochs] where size < 1 || size > 1 << 20 {
      return nil
    }
    return TrainingPlan(
      network: Network(inputs: inputs, hidden: hidden, classes: classes), batch: batch,
      epochs: epochs, learningRate: Float(learningRate), momentum: Float(momentum), seed: seed)
  }
}

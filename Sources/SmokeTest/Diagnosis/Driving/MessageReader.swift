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
      let fields = Fields(pending[(start + 4)..<end])
      if let message = fields.message(), fields.areRight {
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

/// The fields of one message. A field that is not there is zero or empty, and says so in ``areRight``: were
/// each function to give nothing then, the code that passes this on would be the greater part.
private final class Fields {
  private let bytes: [UInt8]
  private var position = 0
  private var isBroken = false

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

  /// All that was asked for was there, and nothing follows.
  var areRight: Bool { !isBroken && position == bytes.count }

  func message() -> Message? {
    switch value(bytes: 1) {
    case 0: .begun(stage(), at: value())
    case 1: .ended(stage(), at: value(), facts())
    case 2: .failed(stage(), at: value(), trouble())
    case 3: .trained(run())
    case 4: .measured(throughput())
    case 5: .finished
    case 6: .warned(stage(), at: value(), facts(), trouble())
    default: nil
    }
  }

  @inline(never)
  private func value(bytes count: Int = 8) -> UInt64 {
    guard bytes.count - position >= count else {
      isBroken = true
      return 0
    }
    var value: UInt64 = 0
    for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[position + index]) }
    position += count
    return value
  }

  private func number() -> Int { Int(Int64(bitPattern: value())) }

  @inline(never)
  private func double() -> Double { Double(bitPattern: value()) }

  /// How many things of at least `size` bytes follow.
  @inline(never)
  private func count(of size: Int) -> Int {
    let count = number()
    if count >= 0, count <= (bytes.count - position) / size { return count }
    isBroken = true
    return 0
  }

  private func stage() -> Stage {
    if let stage = Stage(rawValue: UInt8(value(bytes: 1))) { return stage }
    isBroken = true
    return .driver
  }

  @inline(never)
  private func text() -> String {
    let count = count(of: 1)
    position += count
    return String(bytes: bytes[(position - count)..<position])
  }

  private func trouble() -> Trouble { Trouble(code: text(), seen: text(), remedy: text()) }

  @inline(never)
  private func floats() -> [Float] {
    var floats: [Float] = []
    for _ in 0..<count(of: 4) where !isBroken {
      floats.append(Float(bitPattern: UInt32(value(bytes: 4))))
    }
    return floats
  }

  @inline(never)
  private func facts() -> [Fact] {
    var facts: [Fact] = []
    for _ in 0..<count(of: 1) where !isBroken { facts.append(fact()) }
    return facts
  }

  private func fact() -> Fact {
    let name = text()
    switch value(bytes: 1) {
    case 0: return Fact(name, .text(text()))
    case 1: return Fact(name, .count(number()))
    case 2: return Fact(name, .quantity(double(), unit: text()))
    default:
      isBroken = true
      return Fact(name, .count(0))
    }
  }

  private func run() -> TrainingRun {
    TrainingRun(
      losses: floats(),
      parameters: Parameters(
        hiddenWeights: floats(), hiddenBiases: floats(), outputWeights: floats(),
        outputBiases: floats()), nanoseconds: value())
  }

  private func throughput() -> Throughput {
    Throughput(
      step: double(), plan: plan(), product: double(), productBy: text(), bandwidth: double(),
      theoreticalProduct: theory(), theoreticalBandwidth: theory(), facts: facts())
  }

  private func theory() -> Double? {
    let value = double()
    return value.isNaN ? nil : value
  }

  private func plan() -> TrainingPlan {
    TrainingPlan(
      network: Network(inputs: size(), hidden: size(), classes: size()), batch: size(),
      epochs: size(), learningRate: Float(double()), momentum: Float(double()), seed: value())
  }

  /// Beyond these somebody would have to compute with numbers that overflow.
  @inline(never)
  private func size() -> Int {
    let size = number()
    if size >= 1, size <= 1 << 20 { return size }
    isBroken = true
    return 1
  }
}

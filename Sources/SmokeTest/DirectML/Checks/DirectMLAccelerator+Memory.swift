public import Accelerators
import CDirectML
import Platform
import Trainer

// Every word depends on its address, so that a word that went astray is seen, not only one that changed.
extension DirectMLAccelerator {
  public func checkMemory(_ level: Level) throws(Trouble) -> [Fact] {
    let device = try opened()
    // The desktop and other processes need some, and so do the stages that follow.
    let bytes = level == .quick ? 16 << 20 : max(16 << 20, min(device.adapter.memory / 2, 8 << 30))
    let test = try MemoryTest(device)
    // The second pattern has every bit the other way round.
    try test.run(bytes: bytes, round: 0)
    try test.run(bytes: bytes, round: 1)
    return [
      Fact("tested", .quantity(Double(bytes), unit: "B")),
      Fact("to-device", .quantity(test.moved / test.up, unit: "B/s")),
      Fact("to-host", .quantity(test.moved / test.down, unit: "B/s")),
    ]
  }
}

/// Patterns to the device and back, a piece at a time.
private final class MemoryTest {
  /// What was moved each way, in bytes, and the seconds that it took.
  private(set) var moved = 0.0
  private(set) var up = 0.0
  private(set) var down = 0.0
  private let device: Device
  private let upload: Buffer
  private let readback: Buffer

  private static let piece = 16 << 20

  init(_ device: Device) throws(Trouble) {
    self.device = device
    upload = try Buffer(device, bytes: Self.piece, in: d3d12_upload)
    readback = try Buffer(device, bytes: Self.piece, in: d3d12_readback)
  }

  /// Writes all of the memory before it reads any, so that two addresses of one place are seen.
  func run(bytes: Int, round: UInt64) throws(Trouble) {
    var pieces: [Buffer] = []
    for _ in 0..<max(1, bytes / Self.piece) {
      pieces.append(try Buffer(device, bytes: Self.piece))
    }
    for (index, piece) in pieces.enumerated() {
      try unsafe upload.write { target in
        let words = unsafe target.bindMemory(to: UInt64.self)
        for word in words.indices { unsafe words[word] = Self.word(index, word, round) }
      }
      up += try move(upload, to: piece)
    }
    for (index, piece) in pieces.enumerated() {
      down += try move(piece, to: readback)
      try check(index, round)
    }
    moved += Double(pieces.count * Self.piece)
  }

  private func move(_ from: Buffer, to: Buffer) throws(Trouble) -> Double {
    let list = try CommandList(device) { list in list.copy(from.all, to: to.all) }
    return Double(try device.execute(list)) / 1e9
  }

  private func check(_ index: Int, _ round: UInt64) throws(Trouble) {
    let (wrong, first) = try unsafe readback.read { bytes in
      let words = unsafe bytes.bindMemory(to: UInt64.self)
      var wrong = 0
      var first = 0
      for word in words.indices where unsafe words[word] != Self.word(index, word, round) {
        if wrong == 0 { first = word }
        wrong += 1
      }
      return (wrong, first)
    }
    guard wrong == 0 else {
      throw Trouble(
        code: "G3020",
        seen: """
          wrong: \(wrong) of \(Self.piece / 8) words that went to the device and came back, the \
          first at offset \(index * Self.piece + first * 8)
          """,
        remedy: """
          The GPU's memory or the bus gives back other bytes than were written. Undo overclocking, \
          restart the computer, and run with --level full; if it stays, the hardware is damaged.
          """)
    }
  }

  /// SplitMix64's numbers, every bit of which depends on every bit of the address.
  private static func word(_ piece: Int, _ index: Int, _ round: UInt64) -> UInt64 {
    var numbers = RandomNumbers(seed: UInt64(piece * Self.piece / 8 + index))
    return numbers.next() ^ (round == 0 ? 0 : .max)
  }
}

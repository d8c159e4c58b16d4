public import Accelerators
import CDirectML
import Platform

// Every word depends on its address, so that a word that went astray is seen, not only one that changed.
extension DirectMLAccelerator {
  public func checkMemory(_ level: Level) throws(Trouble) -> [Fact] {
    let device = try opened()
    // The desktop and other processes need some, and so do the stages that follow.
    let bytes = level == .quick ? 16 << 20 : max(16 << 20, min(device.adapter.memory / 2, 8 << 30))
    let test = try MemoryTest(device)
    // The second pattern has every bit the other way round.
    try test.run(bytes: bytes, flip: 0)
    try test.run(bytes: bytes, flip: .max)
    var facts = Facts()
    facts.add("tested", Double(bytes), "B")
    facts.add("to-device", test.moved / test.up * 1e9, "B/s")
    facts.add("to-host", test.moved / test.down * 1e9, "B/s")
    return facts.all
  }
}

/// Patterns to the device and back, a piece at a time.
private final class MemoryTest {
  /// What was moved each way, in bytes, and the nanoseconds that it took.
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
  func run(bytes: Int, flip: UInt64) throws(Trouble) {
    let words = Self.piece / MemoryLayout<UInt64>.stride
    var pieces: [Buffer] = []
    for index in 0..<max(1, bytes / Self.piece) {
      let piece = try Buffer(device, bytes: Self.piece)
      let target = unsafe UnsafeMutableRawPointer(try upload.map())
      unsafe com_fill_pattern(
        target.assumingMemoryBound(to: UInt64.self), words, UInt64(index * words), flip)
      upload.unmap(written: Self.piece)
      up += Double(try device.copy(upload, to: piece, bytes: Self.piece))
      pieces.append(piece)
    }
    for (index, piece) in pieces.enumerated() {
      down += Double(try device.copy(piece, to: readback, bytes: Self.piece))
      let source = try unsafe readback.map(readable: Self.piece)
      var first = 0
      let wrong = unsafe com_check_pattern(
        source.assumingMemoryBound(to: UInt64.self), words, UInt64(index * words), flip, &first)
      readback.unmap()
      if wrong > 0 {
        throw Trouble(
          "G3020", decimal(wrong) + " of " + decimal(words),
          decimal(index * Self.piece + first * 8))
      }
      moved += Double(Self.piece)
    }
  }
}

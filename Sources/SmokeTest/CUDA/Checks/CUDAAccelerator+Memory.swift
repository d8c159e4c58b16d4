public import Accelerators
import CKernels
import Platform

// Memory: every word depends on its address, so that a word that went astray is seen, not only one
// that changed.
extension CUDAAccelerator {
  public func checkMemory(_ level: Level) throws(Trouble) -> [Fact] {
    let test = try MemoryTest(opened())
    var facts = try test.checkTransfers()
    switch level {
    case .quick:
      try test.checkDevice(bytes: 32 << 20)
      facts.append(Fact("tested", .quantity(Double(32 << 20), unit: "B")))
    case .full:
      // The desktop and other processes need some, and so do the stages that follow.
      let bytes = try test.context.freeMemory() / 100 * 92
      try test.checkDevice(bytes: bytes)
      facts.append(Fact("tested", .quantity(Double(bytes), unit: "B")))
    }
    return facts
  }
}

/// Patterns there and back.
private struct MemoryTest {
  let kernels: Kernels
  var context: Context { kernels.context }

  init(_ kernels: Kernels) { self.kernels = kernels }

  /// What `pattern_check` finds: no wrong word, no lowest index.
  private static let clean: [UInt64] = [0, .max]

  /// Host to device, checked by the device; device to host, checked by the host; both timed.
  func checkTransfers() throws(Trouble) -> [Fact] {
    let words = 1 << 20
    let pinned = try PinnedMemory(context, words: words)
    let buffer = try Buffer(context, bytes: words * 8)
    let outcome = try context.buffer(Self.clean)
    for index in 0..<words { pinned[index] = kernels_pattern_word(1, UInt64(index)) }
    let up = try context.time { () throws(Trouble) in try pinned.upload(to: buffer) }
    try check(buffer, seed: 1, outcome)
    try write(buffer, seed: 2)
    let down = try context.time { () throws(Trouble) in try pinned.download(from: buffer) }
    try judge(outcome, "written by the host, read by the device", bytes: words * 8)
    var wrong = 0
    for index in 0..<words where pinned[index] != kernels_pattern_word(2, UInt64(index)) {
      wrong += 1
    }
    guard wrong == 0 else {
      throw Self.trouble("\(wrong) of \(words) words written by the device, read by the host")
    }
    return [
      Fact("to-device", .quantity(Double(words * 8) / up, unit: "B/s")),
      Fact("to-host", .quantity(Double(words * 8) / down, unit: "B/s")),
    ]
  }

  /// Writes all of the memory before it reads any, so that two addresses of one place are seen.
  func checkDevice(bytes: Int) throws(Trouble) {
    let piece = 1 << 30
    var buffers: [Buffer] = []
    for start in stride(from: 0, to: bytes, by: piece) {
      buffers.append(try Buffer(context, bytes: min(piece, bytes - start) & ~7))
    }
    let outcome = try context.buffer(Self.clean)
    // The second pattern has about half of the bits the other way round.
    for round in 0..<UInt64(2) {
      for (index, buffer) in buffers.enumerated() {
        try write(buffer, seed: UInt64(index) << 8 | round)
      }
      for (index, buffer) in buffers.enumerated() {
        try check(buffer, seed: UInt64(index) << 8 | round, outcome)
      }
    }
    try judge(outcome, "written and read by the device", bytes: bytes)
  }

  private func write(_ buffer: Buffer, seed: UInt64) throws(Trouble) {
    try run(kernels_stream_pattern_write, buffer, seed, outcome: 0)
  }

  private func check(_ buffer: Buffer, seed: UInt64, _ outcome: Buffer) throws(Trouble) {
    try run(kernels_stream_pattern_check, buffer, seed, outcome: outcome.address)
  }

  private func run(
    _ stream: kernels_stream, _ buffer: Buffer, _ seed: UInt64, outcome: DeviceAddress
  ) throws(Trouble) {
    let count = UInt64(buffer.bytes / 8)
    try unsafe kernels.run(
      kernels_stream_launch(stream, count),
      kernels_pattern(words: buffer.address, count: count, seed: seed, outcome: outcome))
  }

  private func judge(_ outcome: Buffer, _ what: String, bytes: Int) throws(Trouble) {
    let found: [UInt64] = try context.download(outcome, count: 2)
    guard found == Self.clean else {
      throw Self.trouble(
        "\(Int(truncatingIfNeeded: found[0])) of \(bytes / 8) words \(what), the first at offset \(Int(truncatingIfNeeded: found[1] &* 8))"
      )
    }
  }

  private static func trouble(_ seen: String) -> Trouble {
    Trouble("G2954", seen)
  }
}

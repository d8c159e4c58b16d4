public import Accelerators
import CKernels
import Platform

// Memory: every word depends on its address, so that a word that went astray is seen, not only one
// that changed.
extension CUDAAccelerator {
  public func checkMemory(_ level: Level) throws(Trouble) -> [Fact] {
    let test = try MemoryTest(opened())
    var facts = try test.checkTransfers()
    let context = test.context
    // Windows and the desktop need some, more than the driver knows of; what is the host's memory too
    // holds other programs.
    let share = context.device[.integrated] == 0 ? 75 : 50
    let bytes =
      level == .quick
      ? Workload(for: context.device).copied : try context.freeMemory() / 100 * share
    facts.add("tested", Double(try test.checkDevice(bytes: bytes)), "B")
    return facts.all
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
  func checkTransfers() throws(Trouble) -> Facts {
    let words = 1 << 20
    let pinned = try PinnedMemory(context, words: words)
    let buffer = try Buffer(context, bytes: words * 8)
    let outcome = try context.buffer(Self.clean)
    for index in 0..<words { pinned[index] = kernels_pattern_word(1, UInt64(index)) }
    // The first copy finds the bus asleep.
    try pinned.upload(to: buffer)
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
      throw Self.trouble(
        decimal(wrong) + " of " + decimal(words) + " words written by the device, read by the host")
    }
    var facts = Facts()
    facts.add("to-device", Double(words * 8) / up, "B/s")
    facts.add("to-host", Double(words * 8) / down, "B/s")
    return facts
  }

  /// Writes all of the memory before it reads any, so that two addresses of one place are seen.
  ///
  /// - Returns: how many bytes of those asked for the driver gave; what it calls free it need not have.
  func checkDevice(bytes: Int) throws(Trouble) -> Int {
    let piece = 32 << 20
    var buffers: [Buffer] = []
    var given = 0
    while given < bytes & ~7 {
      do throws(Trouble) {
        buffers.append(try Buffer(context, bytes: min(piece, bytes - given) & ~7))
      } catch {
        if given == 0 { throw error }
        break
      }
      given += buffers[buffers.count - 1].bytes
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
    try judge(outcome, "written and read by the device", bytes: given)
    return given
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
        count(found[0]) + " of " + decimal(bytes / 8) + " words " + what
          + ", the first at offset " + count(found[1] &* 8)
      )
    }
  }

  private func count(_ word: UInt64) -> String { decimal(Int(truncatingIfNeeded: word)) }

  private static func trouble(_ seen: String) -> Trouble {
    Trouble("G2954", seen)
  }
}

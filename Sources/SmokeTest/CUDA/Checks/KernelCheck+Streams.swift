import Accelerators
import CKernels
import Platform

// The update, and the kernels that pass over memory once.
extension KernelCheck {
  func checkUpdate() throws(Trouble) {
    // Few numbers in many slices and many numbers in few slices are summed in different ways.
    let regions = [
      try region(count: 333, slices: 2), try region(count: 17, slices: 70),
      try region(count: 160, slices: 5), try region(count: 10, slices: 3),
    ]
    let lossPartials = numbers(41)
    let deviceLosses = try context.buffer(lossPartials)
    let losses = try context.buffer([Float](repeating: 7, count: 3))
    let step = try context.buffer([UInt32(1)])
    var update = kernels_update(
      hidden_weights: regions[0].device, hidden_biases: regions[1].device,
      output_weights: regions[2].device, output_biases: regions[3].device,
      loss_partials: deviceLosses.address, losses: losses.address, step: step.address,
      loss_slices: Int32(lossPartials.count), rate: UpdatedRegion.rate,
      momentum: UpdatedRegion.momentum, reserved: 0)
    try unsafe kernels.run(kernels_update_launch(&update), update)
    for region in regions {
      try expect(region.buffers[1], region.velocities, "update velocity")
      try expect(region.buffers[0], region.updated, "update")
    }
    let loss = lossPartials.reduce(0.0) { $0 + Double($1) }
    try expect(losses, [7, loss, 7], "update loss")
    let next: [UInt32] = try context.download(step, count: 1)
    guard next[0] == 2 else { throw Self.trouble("update: step 1 became \(next[0]), not 2") }
  }

  private func region(count: Int, slices: Int) throws(Trouble) -> UpdatedRegion {
    let values = [numbers(count), numbers(count), numbers(count * slices)]
    return UpdatedRegion(
      values: values, slices: slices,
      buffers: [
        try context.buffer(values[0]), try context.buffer(values[1]), try context.buffer(values[2]),
      ])
  }

  /// Fill, noise and copy, each to the last bit and not beyond the end.
  func checkStreams() throws(Trouble) {
    let count = 5000
    let target = try untouched(floats: count + 1)
    func fill(_ stream: kernels_stream) throws(Trouble) {
      try unsafe kernels.run(
        kernels_stream_launch(stream, UInt64(count)),
        kernels_fill(to: target.address, count: UInt64(count), value: 0.375, seed: 9))
    }
    try fill(kernels_stream_fill)
    try expectExactly(target, "fill", count) { _ in 0.375 }
    try fill(kernels_stream_noise)
    try expectExactly(target, "noise", count) { Noise.value(seed: 9, at: $0) }
    let copy = try untouched(floats: count + 1)
    try unsafe kernels.run(
      kernels_stream_launch(kernels_stream_copy, UInt64(count / 4)),
      kernels_copy(from: target.address, to: copy.address, count: UInt64(count / 4)))
    try expectExactly(copy, "copy", count) { Noise.value(seed: 9, at: $0) }
  }

  private func expectExactly(
    _ buffer: Buffer, _ name: String, _ count: Int, _ value: (Int) -> Float
  ) throws(Trouble) {
    try expect(
      buffer, (0..<count).map { Double(value($0)) }, name, tolerance: 0)
    let all: [UInt32] = try context.download(buffer, count: count + 1)
    guard all[count] == .max else { throw Self.trouble("\(name): wrote beyond its end") }
  }
}

/// Parameters, velocities and partial gradients, before and after.
private struct UpdatedRegion {
  static let rate: Float = 0.5
  static let momentum: Float = 0.75

  let values: [[Float]]
  let slices: Int
  let buffers: [Buffer]

  private var count: Int { values[0].count }

  var device: kernels_region {
    kernels_region(
      parameters: buffers[0].address, velocity: buffers[1].address, partials: buffers[2].address,
      count: Int32(count), slices: Int32(slices))
  }

  var velocities: [Double] {
    (0..<count).map { number in
      var velocity = Double(Self.momentum) * Double(values[1][number])
      for slice in 0..<slices { velocity += Double(values[2][slice * count + number]) }
      return velocity
    }
  }

  var updated: [Double] {
    velocities.enumerated().map { Double(values[0][$0]) - Double(Self.rate) * $1 }
  }
}

/// The numbers of the kernel `noise`.
enum Noise {
  /// 24 bits of the pattern's word as a number in [−1, 1).
  static func value(seed: UInt32, at index: Int) -> Float {
    let bits = Int32(kernels_pattern_word(UInt64(seed), UInt64(index)) >> 40)
    return Float(bits - (1 << 23)) / Float(1 << 23)
  }
}

import CExpectation
import CKernels
import Platform

// The update, and the kernels that pass over memory once.
extension KernelCheck {
  func checkUpdate() {
    begin()
    // Few numbers in many slices and many numbers in few slices are summed in different ways.
    let shapes = [
      (count: 333, slices: 2), (count: 17, slices: 70), (count: 160, slices: 5),
      (count: 10, slices: 3),
    ]
    let regions = shapes.map { region(count: $0.count, slices: $0.slices) }
    let lossPartials = numbers(41)
    let deviceLosses = place(lossPartials)
    let losses = place([Float](repeating: 7, count: 3))
    let step = place([UInt32(1)])
    var update = kernels_update(
      hidden_weights: regions[0].device, hidden_biases: regions[1].device,
      output_weights: regions[2].device, output_biases: regions[3].device,
      loss_partials: deviceLosses, losses: losses, step: step,
      loss_slices: Int32(lossPartials.count), rate: Self.rate,
      momentum: Self.momentum, reserved: 0)
    unsafe run(kernels_update_launch(&update), update)
    for region in regions {
      let count = region.values[0].count
      var (velocities, parameters) = (zeros(count), zeros(count))
      unsafe expected_update(
        region.values[0], region.values[1], region.values[2], count, Int(region.device.slices),
        Self.rate, Self.momentum, &velocities, &parameters)
      expect(region.device.velocity, velocities, "update velocity")
      expect(region.device.parameters, parameters, "update")
    }
    let loss = lossPartials.reduce(0.0) { $0 + Double($1) }
    expect(losses, [7, loss, 7], "update loss")
    let next = download(step, count: 1)
    if next[0] != 2 { fail("update: step 1 became " + decimal(Int(next[0])) + ", not 2") }
  }

  private func region(count: Int, slices: Int) -> UpdatedRegion {
    let values = [numbers(count), numbers(count), numbers(count * slices)]
    return UpdatedRegion(
      values: values,
      device: kernels_region(
        parameters: place(values[0]), velocity: place(values[1]), partials: place(values[2]),
        count: Int32(count), slices: Int32(slices)))
  }

  /// Fill, noise and copy, each to the last bit and not beyond the end.
  func checkStreams() {
    begin()
    let count = 5000
    let target = untouched(floats: count + 1)
    func fill(_ stream: kernels_stream) {
      unsafe run(
        kernels_stream_launch(stream, UInt64(count)),
        kernels_fill(to: target, count: UInt64(count), value: 0.375, seed: 9))
    }
    fill(kernels_stream_fill)
    expectExactly(target, "fill", count) { _ in 0.375 }
    fill(kernels_stream_noise)
    expectExactly(target, "noise", count) { Noise.value(seed: 9, at: $0) }
    let copy = untouched(floats: count + 1)
    unsafe run(
      kernels_stream_launch(kernels_stream_copy, UInt64(count / 4)),
      kernels_copy(from: target, to: copy, count: UInt64(count / 4)))
    expectExactly(copy, "copy", count) { Noise.value(seed: 9, at: $0) }
  }

  private func expectExactly(
    _ address: DeviceAddress, _ name: String, _ count: Int, _ value: (Int) -> Float
  ) {
    expect(address, (0..<count).map { Double(value($0)) }, name, isExact: true)
    let all = download(address, count: count + 1)
    if all[count] != .max { fail(name + ": wrote beyond its end") }
  }
}

/// Parameters, velocities and partial gradients, as they are before.
private final class UpdatedRegion {
  let values: [[Float]]
  let device: kernels_region

  init(values: [[Float]], device: kernels_region) {
    self.values = values
    self.device = device
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

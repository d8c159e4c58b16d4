import CKernels
import Testing

/// What the kernels ask of memory, no GPU could do with less: banks of shared memory do not wait for one
/// another, and of global memory nothing is moved that nobody asked for.
@Suite struct TrafficTests {
  /// The traffic of a product 128 × 512 over `depth`.
  private static func product(_ tile: kernels_tile, _ form: kernels_form, depth: Int) throws
    -> Device.Traffic
  {
    try Device.withOwn(["COUNTS": "1"]) { device in
      try device.start()
      try ProductTests.multiply(ProductTests.Size(128, 512, depth), form, tile, on: device)
      return try device.traffic
    }
  }

  /// What a longer product has more is its loop; the epilogue, once for each result, may be less even.
  @Test(
    arguments: [kernels_tile_float32, kernels_tile_tensor_128, kernels_tile_tensor_256],
    ProductTests.forms)
  func aProductsLoopWastesNothing(tile: kernels_tile, form: kernels_form) throws {
    let short = try Self.product(tile, form, depth: 96)
    let long = try Self.product(tile, form, depth: 160)
    #expect(long.sharedRequests > short.sharedRequests && long.sectors > short.sectors)
    #expect(long.sharedTimes - short.sharedTimes == long.sharedRequests - short.sharedRequests)
    #expect(long.sectors - short.sectors == long.filledSectors - short.filledSectors)
    #expect(long.sectors == long.filledSectors)
    #expect(Double(long.sharedTimes) < 1.2 * Double(long.sharedRequests))
  }

  /// Lanes have rows of weights of their own, whose ends are in sectors of their neighbours'.
  @Test func theOutputLayerWastesLittle() throws {
    try Device.withOwn(["COUNTS": "1"]) { device in
      try device.start()
      let (batch, hidden, classes) = (256, 512, 16)
      func numbers(_ rows: Int, _ columns: Int) throws -> UInt64 {
        try device.upload(Matrix(rows, columns, seed: 1).floats)
      }
      let launch = unsafe kernels_thin_hidden_launch(Int32(batch), Int32(hidden), 64)
      let slices = unsafe Int(launch.grid_y)
      try unsafe device.run(
        launch,
        kernels_thin_hidden(
          activations: numbers(batch, hidden), gradient: numbers(batch, classes),
          weights: numbers(hidden, classes),
          hidden_gradient: device.allocate(bytes: batch * hidden * 4),
          weight_partials: device.allocate(bytes: slices * hidden * classes * 4),
          bias_partials: device.allocate(bytes: slices * hidden * 4), batch: Int32(batch),
          hidden: Int32(hidden), classes: Int32(classes), slice_rows: 64))
      let hiddenTraffic = try device.traffic
      #expect(hiddenTraffic.sharedTimes == hiddenTraffic.sharedRequests)
      #expect(Double(hiddenTraffic.sectors) < 1.3 * Double(hiddenTraffic.filledSectors))

      let output = unsafe kernels_thin_output_launch(Int32(batch))
      try unsafe device.run(
        output,
        kernels_thin_output(
          activations: numbers(batch, hidden), weights: numbers(hidden, classes),
          biases: numbers(1, classes), labels: device.upload([Int32](repeating: 3, count: batch)),
          gradient: device.allocate(bytes: batch * 64),
          losses: device.allocate(bytes: Int(output.grid_x) * 4),
          bias_partials: device.allocate(bytes: Int(output.grid_x) * classes * 4),
          batch: Int32(batch), hidden: Int32(hidden), classes: Int32(classes), reserved: 0))
      let outputTraffic = try device.traffic
      #expect(outputTraffic.sectors == outputTraffic.filledSectors)
      #expect(Double(outputTraffic.sharedTimes) < 1.1 * Double(outputTraffic.sharedRequests))
    }
  }
}

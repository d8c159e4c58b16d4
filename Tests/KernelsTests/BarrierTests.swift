import CKernels
import Testing

/// The products have no barrier and no wait too many, and the double would see one too few.
@Suite struct BarrierTests {
  /// The numbers of the lines of `kernel` in `lines` that make a thread wait.
  private static func waits(of kernel: String, in lines: [Substring]) -> [Int] {
    guard let start = lines.firstIndex(of: ".visible .entry \(kernel)(") else { return [] }
    return lines.indices.dropFirst(start).prefix { lines[$0] != "}" }.filter {
      lines[$0].hasPrefix("bar.") || lines[$0].hasPrefix("cp.async.wait_group")
    }
  }

  private static func product(
    _ text: [CChar]?, _ form: kernels_form, _ tile: kernels_tile
  ) throws -> String {
    try Device.withOwn { device in
      try device.start()
      let size = ProductTests.Size(128, 256, 160)
      let launch = unsafe kernels_product_launch(
        form, tile, Int32(size.rows), Int32(size.columns), 1)
      if let text { _ = try device.load(unsafe launch.module, text: text) }
      let operands = try ProductTests.Operands(size, form, on: device)
      let result = try device.allocate(bytes: size.rows * size.columns * 4)
      do {
        try unsafe device.run(
          launch,
          ProductTests.parameter(operands, result: result, epilogue: kernels_epilogue_store))
      } catch let failure as Device.Failure {
        #expect(failure == .init(function: "cuStreamSynchronize", status: 719))
      }
      return device.finding
    }
  }

  @Test(arguments: [
    (kernels_form_nn, kernels_tile_float32, kernels_module_base, "product_nn", 3),
    (kernels_form_nn, kernels_tile_tensor_128, kernels_module_tensor, "product_nn_128", 7),
    (kernels_form_nt, kernels_tile_tensor_128, kernels_module_tensor, "product_nt_128", 7),
    (kernels_form_tn, kernels_tile_tensor_256, kernels_module_tensor, "product_tn_256", 7),
  ])
  func eachIsNeeded(
    _ form: kernels_form, _ tile: kernels_tile, _ module: kernels_module, _ kernel: String,
    _ count: Int
  ) throws {
    let bytes = Device.text(module).dropLast().map { UInt8(bitPattern: $0) }
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(try Self.product(nil, form, tile) == "")
    let waits = Self.waits(of: kernel, in: lines)
    #expect(waits.count == count)
    for wait in waits {
      var fewer = lines
      // An instruction that does nothing keeps the numbers of the lines.
      fewer[wait] = ".pragma \"nounroll\";"
      let text = Array(fewer.joined(separator: "\n").utf8CString)
      let finding = try Self.product(text, form, tile)
      #expect(finding.hasPrefix(kernel), "without line \(wait + 1), \(lines[wait])")
    }
  }
}

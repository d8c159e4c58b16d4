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

  /// What the double says of a product by `text` in the place of `module`'s own.
  private static func finding(
    _ form: kernels_form, _ tile: kernels_tile, _ module: kernels_module, _ text: String
  ) throws -> String {
    try Device.withOwn { device in
      try device.start()
      _ = try device.load(module, text: Array(text.utf8CString))
      do {
        try ProductTests.multiply(ProductTests.Size(128, 256, 160), form, tile, on: device)
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
    func finding(_ lines: [Substring]) throws -> String {
      try Self.finding(form, tile, module, lines.joined(separator: "\n"))
    }
    #expect(try finding(lines) == "")
    let waits = Self.waits(of: kernel, in: lines)
    #expect(waits.count == count)
    for wait in waits {
      var fewer = lines
      // An instruction that does nothing keeps the numbers of the lines.
      fewer[wait] = ".pragma \"nounroll\";"
      #expect(try finding(fewer).hasPrefix(kernel), "without line \(wait + 1), \(lines[wait])")
    }
  }
}

import CKernels
import Testing

/// Products of random matrices in every form, by every kernel, against float64.
@Suite struct ProductTests {
  struct Size: CustomTestStringConvertible {
    let rows: Int, columns: Int, depth: Int
    var testDescription: String { "\(rows) × \(columns) over \(depth)" }
    init(_ rows: Int, _ columns: Int, _ depth: Int) {
      (self.rows, self.columns, self.depth) = (rows, columns, depth)
    }
  }

  static let forms = [kernels_form_nn, kernels_form_tn, kernels_form_nt]
  static let awkward = [
    Size(1, 1, 1), Size(5, 3, 7), Size(128, 128, 8), Size(129, 127, 65), Size(200, 10, 130),
    Size(10, 260, 33), Size(131, 132, 20),
  ]
  static let fourfold = [
    Size(4, 4, 4), Size(128, 256, 32), Size(132, 260, 100), Size(64, 516, 36), Size(260, 12, 132),
  ]

  /// What a sum of products of numbers in [−1, 1) may be wrong by: float32 rounds partial sums, which
  /// grow with the depth; TF32 also rounds every factor to eleven bits.
  static func tolerance(_ tile: kernels_tile, depth: Int) -> Double {
    let sums = 2 * 0x1p-24 * Double(depth + 4)
    return tile == kernels_tile_float32
      ? sums : sums + 3 * 0x1p-11 * (Double(depth).squareRoot() + 2)
  }

  struct Operands {
    let left: Matrix, right: Matrix, product: Matrix
    let leftAddress: UInt64, rightAddress: UInt64

    init(_ size: Size, _ form: kernels_form, on device: Device) throws {
      left = Matrix(size.rows, size.depth, seed: 1)
      right = Matrix(size.depth, size.columns, seed: 2)
      product = left * right
      let storedLeft = form == kernels_form_tn ? left.transposed : left
      let storedRight = form == kernels_form_nt ? right.transposed : right
      leftAddress = try device.upload(storedLeft.floats)
      rightAddress = try device.upload(storedRight.floats)
    }
  }

  static func parameter(
    _ operands: Operands, result: UInt64, extra: UInt64 = 0, epilogue: kernels_epilogue,
    sliceDepth: Int? = nil
  ) -> kernels_product {
    let (left, right) = (operands.left, operands.right)
    return kernels_product(
      left: operands.leftAddress, right: operands.rightAddress, result: result, extra: extra,
      rows: Int32(left.rows), columns: Int32(right.columns), depth: Int32(left.columns),
      slice_depth: Int32(sliceDepth ?? left.columns), epilogue: Int32(epilogue.rawValue),
      rate: 0.25,
      momentum: 0.5, reserved: 0)
  }

  /// Multiplies into memory that has room for four numbers more.
  @discardableResult
  static func multiply(
    _ size: Size, _ form: kernels_form, _ tile: kernels_tile, on device: Device
  ) throws -> (result: UInt64, wanted: Matrix) {
    let operands = try Operands(size, form, on: device)
    let result = try device.upload([Float](repeating: -7, count: size.rows * size.columns + 4))
    try unsafe device.run(
      kernels_product_launch(form, tile, Int32(size.rows), Int32(size.columns), 1),
      parameter(operands, result: result, epilogue: kernels_epilogue_store))
    return (result, operands.product)
  }

  func store(_ size: Size, _ form: kernels_form, _ tile: kernels_tile) throws {
    let device = try Device()
    try device.start()
    let (result, wanted) = try Self.multiply(size, form, tile, on: device)
    let count = size.rows * size.columns
    let found = try device.floats(result, count + 4)
    let worst = distance([Float](found.prefix(count)), wanted.elements)
    #expect(worst <= Self.tolerance(tile, depth: size.depth))
    #expect(found.suffix(4) == [-7, -7, -7, -7], "written beyond the result")
  }

  @Test(arguments: awkward + fourfold, forms)
  func float32TakesAnySize(size: Size, form: kernels_form) throws {
    try store(size, form, kernels_tile_float32)
  }

  @Test(arguments: fourfold, forms)
  func tensors128TakeMultiplesOfFour(size: Size, form: kernels_form) throws {
    try store(size, form, kernels_tile_tensor_128)
  }

  @Test(arguments: fourfold, forms)
  func tensors256TakeMultiplesOfFour(size: Size, form: kernels_form) throws {
    try store(size, form, kernels_tile_tensor_256)
  }

  /// A tensor product is exact where its operands are TF32 numbers and the sums are small integers:
  /// so not one element is in a wrong place.
  @Test(arguments: forms) func tensorsAreExactOnSmallIntegers(form: kernels_form) throws {
    let size = Size(132, 264, 68)
    let device = try Device()
    try device.start()
    let left = Matrix(size.rows, size.depth) { Double(($0 * 31 + $1 * 17) % 13 - 6) }
    let right = Matrix(size.depth, size.columns) { Double(($0 * 7 + $1 * 29) % 11 - 5) }
    let product = left * right
    for tile in [kernels_tile_tensor_128, kernels_tile_tensor_256] {
      let result = try device.allocate(bytes: size.rows * size.columns * 4)
      let parameter = kernels_product(
        left: try device.upload((form == kernels_form_tn ? left.transposed : left).floats),
        right: try device.upload((form == kernels_form_nt ? right.transposed : right).floats),
        result: result, extra: 0, rows: Int32(size.rows), columns: Int32(size.columns),
        depth: Int32(size.depth), slice_depth: Int32(size.depth), epilogue: 0, rate: 0, momentum: 0,
        reserved: 0)
      try unsafe device.run(
        kernels_product_launch(form, tile, Int32(size.rows), Int32(size.columns), 1), parameter)
      #expect(
        try device.floats(result, size.rows * size.columns) == product.floats,
        "tile \(tile.rawValue)")
    }
  }

  @Test(arguments: [
    kernels_tile_float32, kernels_tile_tensor_128, kernels_tile_tensor_256,
  ]) func slicesAddUp(tile: kernels_tile) throws {
    let device = try Device()
    try device.start()
    let size = Size(20, 36, 300)
    let operands = try Operands(size, kernels_form_tn, on: device)
    let slices = Int(kernels_product_slices(300, 96))
    #expect(slices == 4)
    let count = size.rows * size.columns
    let result = try device.allocate(bytes: slices * count * 4)
    try unsafe device.run(
      kernels_product_launch(kernels_form_tn, tile, 20, 36, UInt32(slices)),
      Self.parameter(operands, result: result, epilogue: kernels_epilogue_store, sliceDepth: 96))
    let partials = try device.floats(result, slices * count)
    let sums = (0..<count).map { at in
      (0..<slices).reduce(Float(0)) { $0 + partials[$1 * count + at] }
    }
    #expect(distance(sums, operands.product.elements) <= Self.tolerance(tile, depth: 300))
  }

  /// With rows of whole float4s and without.
  @Test(
    arguments: [Size(130, 36, 40), Size(30, 35, 17)],
    [
      kernels_epilogue_bias, kernels_epilogue_bias_tanh, kernels_epilogue_tanh_gradient,
      kernels_epilogue_update,
    ])
  func epilogues(size: Size, epilogue: kernels_epilogue) throws {
    let device = try Device()
    try device.start()
    let operands = try Operands(size, kernels_form_nn, on: device)
    let before = Matrix(size.rows, size.columns, seed: 5)
    let isBias = epilogue == kernels_epilogue_bias || epilogue == kernels_epilogue_bias_tanh
    let extra = Matrix(isBias ? 1 : size.rows, size.columns, seed: 6)
    let tiles =
      size.depth % 4 == 0
      ? [kernels_tile_float32, kernels_tile_tensor_128, kernels_tile_tensor_256]
      : [kernels_tile_float32]
    for tile in tiles {
      let result = try device.upload(before.floats)
      let extraAddress = try device.upload(extra.floats)
      try unsafe device.run(
        kernels_product_launch(kernels_form_nn, tile, Int32(size.rows), Int32(size.columns), 1),
        Self.parameter(operands, result: result, extra: extraAddress, epilogue: epilogue))
      let expected = operands.product.map { row, column, sum in
        let value = extra[isBias ? 0 : row, column]
        switch epilogue {
        case kernels_epilogue_bias: return sum + value
        case kernels_epilogue_bias_tanh: return Self.tanh(sum + value)
        case kernels_epilogue_tanh_gradient: return sum * (1 - value * value)
        default: return before[row, column] - 0.25 * (0.5 * value + sum)
        }
      }
      let tolerance = Self.tolerance(tile, depth: size.depth) + 3e-7
      let count = size.rows * size.columns
      #expect(distance(try device.floats(result, count), expected.elements) <= tolerance)
      if epilogue == kernels_epilogue_update {
        let velocity = operands.product.map { 0.5 * extra[$0, $1] + $2 }
        #expect(distance(try device.floats(extraAddress, count), velocity.elements) <= tolerance)
      }
    }
  }

  @Test func theSliceDepthFillsTheDevice() {
    // dW1 of the 256-1024-16 network at batch 4096 on 132 multiprocessors.
    let depth = kernels_slice_depth(kernels_tile_tensor_256, 256, 1024, 4096, 132)
    #expect(depth == 256)
    #expect(kernels_product_slices(4096, depth) == 16)
    #expect(kernels_slice_depth(kernels_tile_tensor_256, 1024, 4096, 8192, 132) == 8192)
    #expect(kernels_slice_depth(kernels_tile_float32, 64, 128, 32, 2) == 32)
  }

  static func tanh(_ x: Double) -> Double {
    // From the exponential's series: precise enough in float64 for arguments of this size.
    var (power, exponential) = (1.0, 1.0)
    for i in 1..<120 {
      power *= 2 * abs(x) / Double(i)
      exponential += power
    }
    return (x < 0 ? -1 : 1) * (1 - 2 / (exponential + 1))
  }
}

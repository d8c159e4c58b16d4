import Accelerators
import CKernels
import Platform
import Trainer

// Products: each form with each epilogue, in one slice and in several.
extension KernelCheck {
  func checkProducts(
    _ tile: kernels_tile, _ forms: [kernels_form], _ size: (rows: Int, columns: Int, depth: Int)
  ) throws(Trouble) {
    let (rows, columns, depth) = size
    let left = Matrix(rows: rows, columns: depth, numbers(rows * depth))
    let right = Matrix(rows: depth, columns: columns, numbers(depth * columns))
    let bias = numbers(columns)
    let other = numbers(rows * columns)
    let rounded = tile != kernels_tile_float32
    let cases = ProductCases(
      sums: left.product(right, first: 0, last: depth, toTF32: rounded), bias: bias, other: other,
      columns: columns)
    // Slices end at a multiple of 32, so these are at least two, the last one shorter.
    let slice = Int(kernels_slice_unit)
    let parts =
      stride(from: 0, to: depth, by: slice).map {
        left.product(right, first: $0, last: min(depth, $0 + slice), toTF32: rounded)
      }.flatMap { $0 }
    for form in forms {
      let operands = (
        try context.buffer(form == kernels_form_tn ? left.transposed : left.numbers),
        try context.buffer(form == kernels_form_nt ? right.transposed : right.numbers)
      )
      func product(
        _ result: Buffer, _ extra: Buffer?, _ epilogue: kernels_epilogue, slice: Int? = nil
      ) throws(Trouble) -> String {
        let product = Product(
          form, tile, rows: rows, columns: columns, depth: depth, left: operands.0.address,
          right: operands.1.address, result: result.address, extra: extra?.address ?? 0,
          epilogue: epilogue, rate: ProductCases.rate, momentum: ProductCases.momentum,
          sliceDepth: slice)
        try kernels.run(product)
        return unsafe String(optionalCString: product.launch.name)
      }
      let sliced = try untouched(floats: parts.count)
      let name = try product(sliced, nil, kernels_epilogue_store, slice: slice)
      try expect(sliced, parts, name)
      for epilogue in ProductCases.epilogues {
        let extra = try context.buffer(cases.extra(epilogue))
        let result =
          epilogue == kernels_epilogue_update
          ? try context.buffer(other) : try untouched(floats: rows * columns)
        _ = try product(result, extra, epilogue)
        try expect(result, cases.result(epilogue), "\(name) epilogue \(epilogue.rawValue)")
        if epilogue == kernels_epilogue_update {
          try expect(extra, cases.velocities, "\(name) velocity")
        }
      }
    }
  }
}

/// What each epilogue makes of the same sums.
private struct ProductCases {
  static let rate: Float = 0.5
  static let momentum: Float = 0.75
  static let epilogues = [
    kernels_epilogue_store, kernels_epilogue_bias, kernels_epilogue_bias_tanh,
    kernels_epilogue_tanh_gradient, kernels_epilogue_update,
  ]

  let sums: [Double]
  let bias: [Float]
  /// A matrix like the result: activations, or parameters.
  let other: [Float]
  let columns: Int

  func extra(_ epilogue: kernels_epilogue) -> [Float] {
    switch epilogue {
    case kernels_epilogue_tanh_gradient: other
    case kernels_epilogue_update: other.map { -$0 }
    default: bias
    }
  }

  var velocities: [Double] {
    sums.indices.map { sums[$0] - Double(Self.momentum) * Double(other[$0]) }
  }

  func result(_ epilogue: kernels_epilogue) -> [Double] {
    switch epilogue {
    case kernels_epilogue_bias: biased
    case kernels_epilogue_bias_tanh: biased.map(Elementary.hyperbolicTangent)
    case kernels_epilogue_tanh_gradient:
      sums.indices.map { sums[$0] * (1 - Double(other[$0]) * Double(other[$0])) }
    case kernels_epilogue_update:
      zip(other, velocities).map { Double($0) - Double(Self.rate) * $1 }
    default: sums
    }
  }

  private var biased: [Double] { sums.indices.map { sums[$0] + Double(bias[$0 % columns]) } }
}

/// A row-major matrix of the host.
struct Matrix {
  let rows: Int
  let columns: Int
  let numbers: [Float]

  init(rows: Int, columns: Int, _ numbers: [Float]) {
    self.rows = rows
    self.columns = columns
    self.numbers = numbers
  }

  var transposed: [Float] {
    var result = [Float](repeating: 0, count: numbers.count)
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = numbers[row * columns + column] }
    }
    return result
  }

  /// `self · right` in float64 over a part of the depth.
  ///
  /// - Parameter toTF32: whether the factors are rounded as tensor cores get them.
  func product(_ right: Matrix, first: Int, last: Int, toTF32: Bool = false) -> [Double] {
    let factors = toTF32 ? numbers.map(Self.tf32) : numbers
    let others = toTF32 ? right.numbers.map(Self.tf32) : right.numbers
    var result = [Double](repeating: 0, count: rows * right.columns)
    for row in 0..<rows {
      for index in first..<last {
        let factor = Double(factors[row * columns + index])
        for column in 0..<right.columns {
          result[row * right.columns + column] +=
            factor * Double(others[index * right.columns + column])
        }
      }
    }
    return result
  }

  /// The nearest number with 10 bits after the binary point, of two the one away from zero: PTX's
  /// `cvt.rna.tf32.f32`.
  static func tf32(_ value: Float) -> Float {
    Float(bitPattern: (value.bitPattern &+ 0x1000) & ~0x1FFF)
  }
}

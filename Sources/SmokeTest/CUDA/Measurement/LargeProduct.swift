import Accelerators
import CKernels
import Platform

/// A product of square matrices, again and again.
final class LargeProduct {
  private let kernels: Kernels
  private let precision: Precision
  private let library: CuBLAS?
  private let size: Int
  private let left: Buffer
  private let right: Buffer
  private let result: Buffer

  private static let seeds: (left: UInt32, right: UInt32) = (5, 6)
  /// Of both operands where numbers are 16 bits: a bit pattern that is 1.06 as float16 and 0.0115 as
  /// bfloat16.
  private static let half: UInt8 = 0x3C

  /// - Parameters:
  ///   - size: rows and columns.
  ///   - library: who multiplies; nothing for the test's own kernels.
  init(
    _ kernels: Kernels, _ precision: Precision, _ size: Int, _ library: CuBLAS?
  ) throws(Trouble) {
    self.kernels = kernels
    self.precision = precision
    self.library = library
    self.size = size
    let context = kernels.context
    let bytes = size * size * precision.bytes
    left = try Buffer(context, bytes: bytes)
    right = try Buffer(context, bytes: bytes)
    result = try Buffer(context, bytes: bytes)
    if precision.bytes == 4 {
      try kernels.fillWithNoise(left, seed: Self.seeds.left)
      try kernels.fillWithNoise(right, seed: Self.seeds.right)
    } else {
      try context.set(left, bytes: Self.half)
      try context.set(right, bytes: Self.half)
    }
  }

  /// Who multiplies and how, like `kiln TF32`.
  var by: String { (library == nil ? "kiln" : "cuBLAS") + " " + precision.name }

  /// The same as a fact's name.
  var fact: String { "product-" + (library == nil ? "kiln-" : "cublas-") + precision.key }

  /// Operations a second, two for each multiplication: of the fastest of some runs after one to warm up.
  /// Checks the last result.
  func measure() throws(Trouble) -> Double {
    let tile = ProductTiles(device: kernels.context.device, precision: precision)
      .tile(kernels_form_nn, rows: size, columns: size, depth: size)
    func multiply() throws(Trouble) {
      if let library {
        return try library.multiply(
          kernels_form_nn, rows: size, columns: size, depth: size, left: left.address,
          right: right.address, result: result.address, precision)
      }
      try kernels.run(
        Product(
          kernels_form_nn, tile, rows: size, columns: size, depth: size, left: left.address,
          right: right.address, result: result.address))
    }
    let runs = 3
    try multiply()
    let seconds = try kernels.context.fastest { () throws(Trouble) in
      for _ in 0..<runs { try multiply() }
    }
    try precision.bytes == 4 ? checkNoise() : checkConstant()
    let edge = Double(size)
    return Double(runs) * 2 * edge * edge * edge / seconds
  }

  private func trouble(_ column: Int, _ got: Double, _ wanted: Double) -> Trouble {
    let place = by + ", " + decimal(size) + " wide: number " + decimal(column)
    let (found, right) = (significant(got, digits: 9), significant(wanted, digits: 9))
    return KernelCheck.trouble(place + " is " + found + ", not " + right)
  }

  /// Some numbers of the first row against float64. Rounding the factors to 11 bits (TF32) or the sums
  /// to 24 moves a sum of `size` terms of either sign by a few times the root of that.
  private func checkNoise() throws(Trouble) {
    let row: [Float] = try kernels.context.download(result, count: size)
    let unit = precision == .tf32 ? 0x1p-11 : 0x1p-24 * Double(size).squareRoot()
    let tolerance = 4 * unit * Double(size).squareRoot()
    for column in stride(from: 0, to: size, by: size / 8 + 1) {
      var sum = 0.0
      for index in 0..<size {
        sum +=
          Double(Noise.value(seed: Self.seeds.left, at: index))
          * Double(Noise.value(seed: Self.seeds.right, at: index * size + column))
      }
      guard (Double(row[column]) - sum).magnitude <= tolerance else {
        throw trouble(column, Double(row[column]), sum)
      }
    }
  }

  /// All numbers are the same; 16 bits hold them to a few thousandths.
  private func checkConstant() throws(Trouble) {
    let bits: [UInt16] = try kernels.context.download(result, count: size)
    let pattern = UInt16(Self.half) << 8 | UInt16(Self.half)
    let factor = precision.value(pattern)
    let wanted = Double(size) * factor * factor
    for column in stride(from: 0, to: size, by: size / 8 + 1) {
      let got = precision.value(bits[column])
      guard (got - wanted).magnitude <= wanted / 128 else {
        throw trouble(column, got, wanted)
      }
    }
  }
}

extension Precision {
  /// Of a number in memory.
  fileprivate var bytes: Int { self == .float16 || self == .bfloat16 ? 2 : 4 }

  /// The number that 16 bits stand for; neither subnormal nor infinite ones occur.
  fileprivate func value(_ bits: UInt16) -> Double {
    guard self == .float16 else { return Double(Float(bitPattern: UInt32(bits) << 16)) }
    let exponent = UInt32(bits >> 10 & 31) + 127 - 15
    return Double(Float(bitPattern: exponent << 23 | UInt32(bits & 1023) << 13))
  }
}

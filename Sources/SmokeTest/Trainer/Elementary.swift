// The C library's own functions for these are too new for the oldest systems (exp, log and pow of
// GLIBC_2.29), or one number at a time. ElementaryTests hold these against them.

extension SIMD8<Float> {
  /// eˣ within 2 units in the last place for x in -87...88; 0 below, no sense above.
  @inline(__always)
  func exponential() -> Self {
    // Adding 1.5·2²³ leaves the nearest whole number in the low bits; ln 2 is taken off in two parts,
    // the first with so few digits that its multiples are exact.
    let magic = Self(repeating: 0x1.8p23)
    let shifted = self * 1.442_695_04 + magic
    let whole = shifted - magic
    let rest = self - whole * 0.693_359_375 - whole * -2.121_944_4e-4
    // The polynomial is the one of S. Moshier's Cephes library (expf).
    var sum = rest * 1.987_569_150e-4 + 1.398_199_951e-3
    sum = sum * rest + 8.333_451_907e-3
    sum = sum * rest + 4.166_579_590e-2
    sum = sum * rest + 1.666_666_546e-1
    sum = sum * rest + 5.000_000_120e-1
    let mantissa = sum * (rest * rest) + rest + 1
    let power = Self(bits: (shifted.bits &+ 127) &<< 23)
    return (mantissa * power).replacing(with: 0, where: self .< -87)
  }

  /// tanh x within 3 units in the last place.
  @inline(__always)
  func hyperbolicTangent() -> Self {
    let sign = bits & SIMD8<UInt32>(repeating: 0x8000_0000)
    let size = Self(bits: bits & SIMD8<UInt32>(repeating: 0x7FFF_FFFF))
    // From 10 on the result is 1.
    let far = 1 - 2 / ((size * 2).replacing(with: 20, where: size .> 10).exponential() + 1)
    // Near 0 that subtraction would lose digits; the polynomial is Cephes' (tanhf).
    let square = self * self
    var sum = square * -5.704_988_728e-3 + 2.063_908_885e-2
    sum = sum * square - 5.373_971_551e-2
    sum = sum * square + 1.333_144_22e-1
    sum = sum * square - 3.333_328_221e-1
    let near = sum * square * self + self
    // The sign is set on both: near -0 the sum has lost it.
    return Self(bits: far.replacing(with: near, where: size .< 0.625).bits | sign)
  }

  private var bits: SIMD8<UInt32> { unsafe unsafeBitCast(self, to: SIMD8<UInt32>.self) }

  private init(bits: SIMD8<UInt32>) { self = unsafe unsafeBitCast(bits, to: Self.self) }
}

/// After FreeBSD's msun (Sun Microsystems, 1993): within 1 unit in the last place.
enum Elementary {
  private static let highLn2 = 6.931_471_803_691_238_164_90e-01
  private static let lowLn2 = 1.908_214_929_270_587_700_02e-10

  /// The natural logarithm of a positive number that is not subnormal.
  static func logarithm(_ x: Double) -> Double {
    var exponent = Int(x.bitPattern >> 52) - 1023
    var mantissa = x.significand
    if mantissa > 1.414_213_562_373_095_1 {
      mantissa /= 2
      exponent += 1
    }
    let part = mantissa - 1
    let ratio = part / (2 + part)
    let square = ratio * ratio
    var sum = square * 1.479_819_860_511_658_591e-01 + 1.531_383_769_920_937_332e-01
    sum = sum * square + 1.818_357_216_161_805_012e-01
    sum = sum * square + 2.222_219_843_214_978_396e-01
    sum = sum * square + 2.857_142_874_366_239_149e-01
    sum = sum * square + 3.999_999_999_940_941_908e-01
    sum = sum * square + 6.666_666_666_666_735_130e-01
    let half = part * part / 2
    let whole = Double(exponent)
    return whole * highLn2
      - ((half - (ratio * (half + sum * square) + whole * lowLn2)) - part)
  }
}

/// SplitMix64: 64 bits of state, every seed is good, and ten lines in any language.
///
/// G. L. Steele, D. Lea, C. H. Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
public struct RandomNumbers: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A multiple of 2⁻²³ in -1 ..< 1, from the upper 24 bits of the next number: exact in float32.
  public mutating func nextSigned() -> Float {
    Float(Int32(truncatingIfNeeded: next() >> 40) - 0x80_0000) * 0x1p-23
  }

  /// From 0 up to, without, `bound`: the upper half of the next number times `bound`, shifted down.
  /// The bias is below bound / 2³², and nothing is drawn twice.
  mutating func next(below bound: Int) -> Int {
    Int(((next() >> 32) &* UInt64(bound)) >> 32)
  }
}

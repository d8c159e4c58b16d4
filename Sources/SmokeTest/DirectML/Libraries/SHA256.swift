import Platform

/// The digest of FIPS 180-4, for telling which build of a library was there.
package enum SHA256 {
  /// In hexadecimal; nothing when the file cannot be read.
  package static func digest(ofFile path: String) -> String? {
    guard let bytes = try? Machine(environment: [:]).read(path, limit: 256 << 20) else {
      return nil
    }
    return digest(bytes)
  }

  package static func digest(_ bytes: [UInt8]) -> String {
    var state: [UInt32] = roots(of: 8, cube: false)
    let constants = roots(of: 64, cube: true)
    let whole = bytes.count / 64 * 64
    var tail = Array(bytes[whole...])
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: (bytes.count * 8) >> shift))
    }
    for start in stride(from: 0, to: whole, by: 64) { mix(&state, bytes, start, constants) }
    for start in stride(from: 0, to: tail.count, by: 64) { mix(&state, tail, start, constants) }
    return state.reduce("") { $0 + hexadecimal($1, digits: 8) }
  }

  /// One block of 64 bytes.
  private static func mix(
    _ state: inout [UInt32], _ bytes: [UInt8], _ start: Int, _ constants: [UInt32]
  ) {
    var words = [UInt32](repeating: 0, count: 64)
    for index in 0..<16 {
      for byte in 0..<4 {
        words[index] = words[index] << 8 | UInt32(bytes[start + 4 * index + byte])
      }
    }
    for index in 16..<64 {
      let (a, b) = (words[index - 15], words[index - 2])
      let first = turned(a, 7) ^ turned(a, 18) ^ a >> 3
      let second = turned(b, 17) ^ turned(b, 19) ^ b >> 10
      words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let chosen = (e & f) ^ (~e & g)
      let mixed = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
      let first = h &+ mixed &+ chosen &+ constants[index] &+ words[index]
      let majority = (a & b) ^ (a & c) ^ (b & c)
      let second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ majority
      (h, g, f, e) = (g, f, e, d &+ first)
      (d, c, b, a) = (c, b, a, first &+ second)
    }
    for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
  }

  private static func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 {
    word >> bits | word << (32 - bits)
  }

  /// The first 32 bits of the fractions of the square or cube roots of the first primes.
  private static func roots(of count: Int, cube: Bool) -> [UInt32] {
    var roots: [UInt32] = []
    var number: UInt64 = 2
    while roots.count < count {
      if (2..<number).allSatisfy({ number % $0 != 0 }) { roots.append(root(number, cube: cube)) }
      number += 1
    }
    return roots
  }

  /// Bit by bit, the largest r with r² ≤ n·2⁶⁴ (or r³ ≤ n·2⁹⁶); its low 32 bits.
  private static func root(_ number: UInt64, cube: Bool) -> UInt32 {
    var root: UInt64 = 0
    for bit in stride(from: UInt64(36), through: 0, by: -1) {
      let candidate = root | 1 << bit
      let square = candidate.multipliedFullWidth(by: candidate)
      if !cube {
        if square.high < number || (square.high == number && square.low == 0) { root = candidate }
        continue
      }
      // The cube's words above 2⁶⁴; a cube of 37 bits has at most 111.
      guard square.high < 1 << 27 else { continue }
      let low = square.low.multipliedFullWidth(by: candidate)
      let high = square.high &* candidate &+ low.high
      if high < number << 32 { root = candidate }
    }
    return UInt32(truncatingIfNeeded: root)
  }
}

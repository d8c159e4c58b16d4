import CPlatform

/// `value` with at most `digits` significant digits, as C's `%g` writes it.
@inline(never)
public func significant(_ value: Double, digits: Int = 3) -> String {
  unsafe formatted { unsafe platform_significant($0, $1, Int32(digits), value) }
}

@inline(never)
public func decimal(_ number: Int) -> String {
  var digits: [UInt8] = []
  var rest = number.magnitude
  repeat {
    digits.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
    rest /= 10
  } while rest > 0
  if number < 0 { digits.append(0x2D) }
  digits.reverse()
  return String(bytes: digits)
}

/// `number` in lower-case hexadecimal, with leading zeros to `digits`.
@inline(never)
public func hexadecimal(_ number: UInt32, digits: Int = 8) -> String {
  var bytes: [UInt8] = []
  for place in 0..<digits {
    let value = UInt8(truncatingIfNeeded: number >> UInt32(4 * (digits - 1 - place)) & 15)
    bytes.append(value < 10 ? 0x30 + value : 0x57 + value)
  }
  return String(bytes: bytes)
}

/// `value` with exactly `digits` digits after the point.
@inline(never)
public func fixed(_ value: Double, digits: Int) -> String {
  unsafe formatted { unsafe platform_fixed($0, $1, Int32(digits), value) }
}

/// `value` with three significant digits and the prefix that suits it, like `47.2 TFLOP/s` or `12 ms`.
/// Counts of things and ratios, whose unit is not one of measure, keep their size.
@inline(never)
public func quantity(_ value: Double, unit: String) -> String {
  guard prefixed.contains(unit), value != 0, value.isFinite else {
    return unit.isEmpty ? significant(value) : significant(value) + " " + unit
  }
  var scaled = value
  var prefix = 4
  // 999.5 and more would be written as 1e+03.
  while scaled.magnitude >= 999.5, prefix < prefixes.count - 1 {
    scaled /= 1000
    prefix += 1
  }
  let least = unit == "s" ? 0 : 4
  while scaled.magnitude < 0.9995, prefix > least {
    scaled *= 1000
    prefix -= 1
  }
  return significant(scaled) + " " + prefixes[prefix] + unit
}

private let prefixed = ["s", "B", "B/s", "FLOP/s", "Hz", "W"]
private let prefixes = ["p", "n", "u", "m", "", "k", "M", "G", "T", "P", "E"]

@unsafe
private func formatted(
  _ print: (UnsafeMutablePointer<CChar>, Int) -> Int32
) -> String {
  unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
    guard let start = buffer.baseAddress, unsafe print(start, buffer.count) > 0 else { return "" }
    return unsafe String(cString: start)
  }
}

// Text by its bytes. What stands in paths, options and files of the system is compared as it is
// written; the standard library's own functions go by Unicode's characters, whose tables and code would
// be a good part of the program. Nothing here is inlined: there are many callers, and the program has
// to be small.

extension String {
  /// The text in UTF-8.
  @inline(never)
  public var bytes: [UInt8] {
    unsafe utf8.withContiguousStorageIfAvailable { unsafe Array($0) } ?? []
  }

  /// The text with a final zero, for C.
  @inline(never)
  public var characters: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

  /// - Parameter bytes: UTF-8; each byte that is none becomes U+FFFD.
  @inline(never)
  public init(bytes: [UInt8]) {
    self =
      String(validating: bytes, as: UTF8.self)
      ?? String(validating: repaired(bytes), as: UTF8.self) ?? ""
  }

  /// - Parameter bytes: UTF-8; each byte that is none becomes U+FFFD.
  @inline(never)
  public init(bytes: ArraySlice<UInt8>) { self.init(bytes: Array(bytes)) }

  /// The text at `pointer`, empty when there is none.
  @unsafe
  @inline(never)
  public init(optionalCString pointer: UnsafePointer<CChar>?) {
    var bytes: [UInt8] = []
    if var next = unsafe pointer {
      while unsafe next.pointee != 0 {
        bytes.append(UInt8(bitPattern: unsafe next.pointee))
        unsafe next += 1
      }
    }
    self.init(bytes: bytes)
  }

  /// The parts between each `separator`, which is ASCII; empty ones are left out.
  @inline(never)
  public func split(at separator: Unicode.Scalar) -> [String] {
    let byte = UInt8(truncatingIfNeeded: separator.value)
    return parts(byte, byte)
  }

  /// The lines, without empty ones.
  @inline(never)
  public var lines: [String] { parts(0x0A, 0x0D) }

  /// The parts between blanks.
  @inline(never)
  public var words: [String] { parts(0, 0x20) }

  /// The parts between bytes from `first` to `last`.
  @inline(never)
  private func parts(_ first: UInt8, _ last: UInt8) -> [String] {
    let bytes = bytes
    var parts: [String] = []
    var start = 0
    for index in 0...bytes.count {
      if index < bytes.count, bytes[index] < first || bytes[index] > last { continue }
      if index > start { parts.append(String(bytes: bytes[start..<index])) }
      start = index + 1
    }
    return parts
  }

  /// The text without blanks around it.
  @inline(never)
  public var trimmed: String {
    let bytes = bytes
    var (start, end) = (0, bytes.count)
    while start < end, bytes[start] <= 0x20 { start += 1 }
    while start < end, bytes[end - 1] <= 0x20 { end -= 1 }
    return String(bytes: bytes[start..<end])
  }

  /// The text with small letters for ASCII's capitals.
  @inline(never)
  public func lowercased() -> String {
    var bytes = bytes
    for index in bytes.indices where bytes[index] >= 0x41 && bytes[index] <= 0x5A {
      bytes[index] += 32
    }
    return String(bytes: bytes)
  }

  @inline(never)
  public func begins(with start: String) -> Bool { stands(start.bytes, in: bytes, at: 0) }

  @inline(never)
  public func ends(with end: String) -> Bool {
    let bytes = bytes
    let end = end.bytes
    return stands(end, in: bytes, at: bytes.count - end.count)
  }

  /// Whether `part` stands anywhere in the text.
  @inline(never)
  public func has(_ part: String) -> Bool {
    let bytes = bytes
    let part = part.bytes
    for index in 0...bytes.count where stands(part, in: bytes, at: index) { return true }
    return false
  }

  /// What follows `start`, or nothing when the text does not begin with it.
  @inline(never)
  public func after(_ start: String) -> String? {
    let bytes = bytes
    let start = start.bytes
    return stands(start, in: bytes, at: 0) ? String(bytes: bytes[start.count...]) : nil
  }

  /// What precedes the first `separator`, or nothing when there is none. ASCII.
  @inline(never)
  public func before(_ separator: Unicode.Scalar) -> String? {
    let bytes = bytes
    for index in bytes.indices where UInt32(bytes[index]) == separator.value {
      return String(bytes: bytes[..<index])
    }
    return nil
  }

  /// A whole number without a sign.
  @inline(never)
  public var number: Int? {
    let digits = bytes
    guard !digits.isEmpty, digits.count <= 18 else { return nil }
    var number = 0
    for digit in digits {
      guard digit >= 0x30, digit <= 0x39 else { return nil }
      number = number * 10 + Int(digit - 0x30)
    }
    return number
  }
}

extension [UInt8] {
  /// The last `count` bytes, or all where there are fewer.
  @inline(never)
  public func last(_ count: Int) -> [UInt8] {
    count < self.count ? Array(self[(self.count - count)...]) : self
  }
}

/// `bytes` with U+FFFD for each byte that belongs to no character. The standard library's own repair
/// comes with its code for texts of other kinds, 4 KB.
@inline(never)
private func repaired(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  var index = 0
  while index < bytes.count {
    let length = characterLength(bytes, at: index)
    if length > 0 { result += bytes[index..<index + length] } else { result += [0xEF, 0xBF, 0xBD] }
    index += max(1, length)
  }
  return result
}

/// How many bytes the character at `index` has; 0 when there is none (Unicode 16.0, table 3-7).
private func characterLength(_ bytes: [UInt8], at index: Int) -> Int {
  let first = bytes[index]
  let length =
    switch first {
    case 0..<0x80: 1
    case 0xC2..<0xE0: 2
    case 0xE0..<0xF0: 3
    case 0xF0..<0xF5: 4
    default: 0
    }
  guard length <= bytes.count - index else { return 0 }
  for offset in 1..<max(1, length) where bytes[index + offset] & 0xC0 != 0x80 { return 0 }
  guard length > 2 else { return length }
  let second = bytes[index + 1]
  switch first {
  case 0xE0: return second < 0xA0 ? 0 : length
  case 0xED: return second >= 0xA0 ? 0 : length
  case 0xF0: return second < 0x90 ? 0 : length
  case 0xF4: return second >= 0x90 ? 0 : length
  default: return length
  }
}

/// Whether `part` stands in `bytes` at `index`.
@inline(never)
private func stands(_ part: [UInt8], in bytes: [UInt8], at index: Int) -> Bool {
  guard index >= 0, bytes.count - index >= part.count else { return false }
  for offset in 0..<part.count where bytes[index + offset] != part[offset] { return false }
  return true
}

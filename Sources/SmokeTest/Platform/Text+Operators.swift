// The standard library's own names for what is done with texts most. Its code for them is inlined at each
// use, about 200 bytes a piece of text, and compares by Unicode's tables; a declaration of the same
// name in another module comes before its own. These are called, and go by bytes as Text.swift does.
// Optional texts are still compared by the standard library: give them a default first.

extension DefaultStringInterpolation {
  @inline(never)
  public mutating func appendLiteral(_ literal: String) { write(literal) }

  @inline(never)
  public mutating func appendInterpolation(_ text: String) { write(text) }

  @inline(never)
  public mutating func appendInterpolation(_ number: Int) { write(decimal(number)) }

  public mutating func appendInterpolation(_ number: Int32) { appendInterpolation(Int(number)) }
  public mutating func appendInterpolation(_ number: UInt32) { appendInterpolation(Int(number)) }
  public mutating func appendInterpolation(_ number: UInt16) { appendInterpolation(Int(number)) }
}

extension String {
  @inline(never)
  public static func + (left: String, right: String) -> String {
    var text = left
    text.append(right)
    return text
  }

  @inline(never)
  public static func += (left: inout String, right: String) { left.append(right) }

  @inline(never)
  public static func == (left: String, right: String) -> Bool { left.bytes.equals(right.bytes) }

  public static func != (left: String, right: String) -> Bool { !(left == right) }
}

/// In a `switch`.
@inline(never)
public func ~= (pattern: String, text: String) -> Bool { pattern == text }

extension [String] {
  @inline(never)
  public func firstIndex(of text: String) -> Int? {
    for index in indices where self[index] == text { return index }
    return nil
  }

  @inline(never)
  public func contains(_ text: String) -> Bool { firstIndex(of: text) != nil }
}

extension [UInt8] {
  @inline(never)
  fileprivate func equals(_ other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }
}

// The standard library's own names for what is done with texts most. Its code for them is inlined at each
// use, about 200 bytes a piece of text, and compares by Unicode's tables; a declaration of the same
// name in another module comes before its own. These are called, and go by bytes as Text.swift does.
// Optional texts are still compared by the standard library: give them a default first. An interpolated
// text brings code of the standard library, 9 KB in all, so texts are put together with +.

extension String {
  @inline(never)
  public static func + (left: String, right: String) -> String {
    String(bytes: left.bytes + right.bytes)
  }

  @inline(never)
  public static func += (left: inout String, right: String) { left = left + right }

  @inline(never)
  public static func == (left: String, right: String) -> Bool { left.bytes.equals(right.bytes) }

  public static func != (left: String, right: String) -> Bool { !(left == right) }
}

/// In a `switch`.
@inline(never)
public func ~= (pattern: String, text: String) -> Bool { pattern == text }

extension [String] {
  @inline(never)
  public mutating func append(_ text: String) { append(contentsOf: CollectionOfOne(text)) }

  @inline(never)
  public func map(_ transform: (String) -> String) -> [String] {
    var texts: [String] = []
    for text in self { texts.append(transform(text)) }
    return texts
  }

  @inline(never)
  public func firstIndex(of text: String) -> Int? {
    for index in indices where self[index] == text { return index }
    return nil
  }

  @inline(never)
  public func contains(_ text: String) -> Bool { firstIndex(of: text) != nil }
}

extension [Float] {
  @inline(never)
  public mutating func append(_ number: Float) { append(contentsOf: CollectionOfOne(number)) }
}

extension [UInt8] {
  @inline(never)
  public mutating func append(_ byte: UInt8) { append(contentsOf: CollectionOfOne(byte)) }

  @inline(never)
  fileprivate func equals(_ other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }
}

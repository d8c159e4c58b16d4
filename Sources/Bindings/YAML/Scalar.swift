/// A scalar as written, and what YAML 1.2's core schema makes of it.
public struct Scalar: Hashable, Sendable {
  public let text: String
  /// Written without quotes and not as a block: only such a scalar can be more than text.
  public let isPlain: Bool

  public init(_ text: String, isPlain: Bool) {
    self.text = text
    self.isPlain = isPlain
  }

  /// What a scalar means; ``Scalar/text`` always is the spelling.
  public enum Value: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// A number with a fraction or exponent, or an integer beyond 64 bits.
    case number
    case text
  }

  /// The meaning by the core schema (YAML 1.2.2, section 10.3.2): `yes` and `on` are text, `0644` is
  /// the decimal number 644.
  public var value: Value {
    guard isPlain else { return .text }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .boolean(true)
    case "false", "False", "FALSE": return .boolean(false)
    case ".nan", ".NaN", ".NAN": return .number
    default: break
    }
    if let integer = Scalar.integer(text) { return .integer(integer) }
    return Scalar.isNumber(text) ? .number : .text
  }

  private static func integer(_ text: String) -> Int? {
    if text.hasPrefix("0o") { return unsigned(text.dropFirst(2), radix: 8) }
    if text.hasPrefix("0x") { return unsigned(text.dropFirst(2), radix: 16) }
    return Int(text)
  }

  private static func unsigned(_ digits: Substring, radix: Int) -> Int? {
    guard let first = digits.first, first != "+", first != "-" else { return nil }
    return Int(digits, radix: radix)
  }

  /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, and `.inf`.
  private static func isNumber(_ text: String) -> Bool {
    var rest = Substring(text)
    if let sign = rest.first, sign == "+" || sign == "-" { rest.removeFirst() }
    if [".inf", ".Inf", ".INF"].contains(rest) { return true }
    let whole = takeDigits(&rest)
    var fraction = 0
    if rest.first == "." {
      rest.removeFirst()
      fraction = takeDigits(&rest)
    }
    guard whole + fraction > 0 else { return false }
    if let mark = rest.first, mark == "e" || mark == "E" {
      rest.removeFirst()
      if let sign = rest.first, sign == "+" || sign == "-" { rest.removeFirst() }
      guard takeDigits(&rest) > 0 else { return false }
    }
    return rest.isEmpty
  }

  private static func takeDigits(_ text: inout Substring) -> Int {
    let digits = text.prefix { ("0"..."9").contains($0) }
    text.removeFirst(digits.count)
    return digits.count
  }
}

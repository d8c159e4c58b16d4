public import Recipes

extension WSLSetting {
  /// Whether WSL makes something of the value; else its default holds.
  public func takes(_ value: String) -> Bool {
    switch kind {
    case .boolean: WSLConfiguration.boolean(value) != nil
    case .integer: Self.integer(value) != nil
    case .text: true
    case .choice(let choices): choices.contains(value.lowercased())
    }
  }

  private static func integer(_ text: String) -> Int32? {
    let digits = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
    let magnitude: Int64? =
      if digits.lowercased().hasPrefix("0x") {
        Int64(digits.dropFirst(2), radix: 16)
      } else if digits.count > 1, digits.hasPrefix("0") {
        Int64(digits.dropFirst(), radix: 8)
      } else {
        Int64(digits)
      }
    guard let magnitude else { return nil }
    return Int32(exactly: text.hasPrefix("-") ? -magnitude : magnitude)
  }
}

import Diagnostics
import YAML

extension Definition<String> {
  /// - Parameters:
  ///   - expected: completes "must be".
  ///   - slips: what people write in its place, as patterns, with what to do instead.
  static func text(
    _ expected: String, pattern: String = Shape.Text.line, slips: [String: String] = [:]
  ) -> Self {
    let shape = Shape.Text(expected: expected, pattern: pattern, slips: slips)
    return Definition(shape: .text(shape)) { $1.text($0, shape) }
  }

  /// Text of any number of lines.
  static func lines(_ expected: String) -> Self { text(expected, pattern: Shape.Text.lines) }

  /// Text that may also be written as a number or a boolean, whose spelling counts.
  static func spelling(_ expected: String, pattern: String = Shape.Text.line) -> Self {
    let shape = Shape.Text(expected: expected, pattern: pattern)
    return Definition(shape: .spelling(shape)) { node, decoding in
      guard let scalar = node.scalar, scalar.value != .null else {
        decoding.reportType(of: node, .spelling(shape))
        return nil
      }
      guard let expanded = decoding.expand(scalar, node) else { return nil }
      return decoding.matching(expanded.text, node, shape)
    }
  }
}

extension Definition where Value: RawRepresentable<String> & CaseIterable {
  static func choice() -> Self {
    let choices = Value.allCases.map(\.rawValue)
    let shape = Shape.Text(expected: "", pattern: Shape.Text.line, choices: choices)
    return Definition(shape: .text(shape)) { node, decoding in
      guard let text = decoding.text(node, shape) else { return nil }
      if let value = Value(rawValue: text) { return value }
      decoding.report(
        .badValue, at: node.place, "\(decoding.subject) must be \(shape.phrase), not `\(text)`",
        remedy: nearest(to: text, among: choices).map { "write `\($0)`" })
      return nil
    }
  }
}

extension Definition<Int> {
  static func integer(_ range: ClosedRange<Int>) -> Self {
    Definition(shape: .integer(range)) { node, decoding in
      guard let scalar = node.scalar else {
        decoding.reportType(of: node, .integer(range))
        return nil
      }
      guard let expanded = decoding.expand(scalar, node) else { return nil }
      guard case .integer(let value) = expanded.value else {
        decoding.reportType(of: node, .integer(range), text: expanded)
        return nil
      }
      guard range.contains(value) else {
        let expected = Shape.integer(range).expected
        decoding.report(
          .badValue, at: node.place, "\(decoding.subject) must be \(expected), not \(value)")
        return nil
      }
      return value
    }
  }
}

extension Definition<Bool> {
  static func boolean() -> Self {
    Definition(shape: .boolean) { node, decoding in
      guard let scalar = node.scalar else {
        decoding.reportType(of: node, .boolean)
        return nil
      }
      guard let expanded = decoding.expand(scalar, node) else { return nil }
      if case .boolean(let value) = expanded.value { return value }
      let meant = [
        "yes": "true", "on": "true", "1": "true", "no": "false", "off": "false",
        "0": "false", "true": "true", "false": "false",
      ][expanded.text.lowercased()]
      decoding.reportType(
        of: node, .boolean, text: expanded, remedy: meant.map { "write `\($0)`, without quotes" })
      return nil
    }
  }
}

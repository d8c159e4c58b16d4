extension Diagnostic {
  /// Scalars of a source line that are shown at the most.
  private static let longestExcerpt = 160

  /// The text for a terminal or a log: several lines, no trailing line break.
  public func rendered(color: Bool = false) -> String {
    let paint = { (text: String, code: String) in color ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
    let tint = severity == .error ? "1;31" : severity == .warning ? "1;33" : "1;36"
    var lines = [
      paint("\(severity.rawValue)[\(code)]", tint) + ": " + paint(message.harmlessLine, "1")
    ]
    if let place {
      lines.append("  --> " + place.description.harmlessLine)
      if let excerpt = place.excerpt, let line = place.line {
        let (excerpt, column) = shown(excerpt, place.column)
        let gutter = String(line)
        lines.append("  \(gutter) | \(excerpt.harmlessLine)")
        if let column {
          lines.append("  \(gutter.map { _ in " " }.joined()) | \(indent(excerpt, column))^")
        }
      }
    }
    if let reason { lines.append(contentsOf: hanging("why", reason.harmless)) }
    if let remedy { lines.append(contentsOf: hanging("try", remedy.harmless)) }
    return lines.joined(separator: "\n")
  }

  /// The part of a line around a column, and where the column is in it.
  private func shown(_ excerpt: String, _ column: Int?) -> (excerpt: String, column: Int?) {
    let line = excerpt.unicodeScalars
    guard line.count > Self.longestExcerpt else { return (excerpt, column) }
    let column = column.map { min($0, line.count + 1) }
    let start = max(0, (column ?? 1) - 1 - Self.longestExcerpt / 2)
    let part = line.dropFirst(start).prefix(Self.longestExcerpt)
    let before = start > 0 ? "…" : ""
    let after = start + part.count < line.count ? "…" : ""
    return (before + String(part) + after, column.map { $0 - start + before.count })
  }

  private func indent(_ excerpt: String, _ column: Int) -> String {
    let before = excerpt.unicodeScalars.prefix(max(0, column - 1))
    return String(String.UnicodeScalarView(before.map { $0 == "\t" ? "\t" : " " }))
  }

  private func hanging(_ label: String, _ text: String) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let last = lines.lastIndex { line in line.contains { !$0.isWhitespace } } ?? 0
    return lines.prefix(last + 1).enumerated().map {
      $0.offset == 0 ? "  \(label): \($0.element)" : "       \($0.element)"
    }
  }
}

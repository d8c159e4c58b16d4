extension String {
  /// Without the characters that command a terminal: names and lines come out of images and recipes
  /// that others made.
  public var harmless: String { replacingCommands(but: "\n\t") }

  /// The same as one line, of what has a line of its own.
  public var harmlessLine: String { replacingCommands(but: "\t") }

  private func replacingCommands(but kept: String) -> String {
    let isCommand = { (scalar: Unicode.Scalar) in
      scalar.properties.generalCategory == .control && !kept.unicodeScalars.contains(scalar)
    }
    guard unicodeScalars.contains(where: isCommand) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { isCommand($0) ? "\u{FFFD}" : $0 }))
  }
}

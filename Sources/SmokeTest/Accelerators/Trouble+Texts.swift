import Platform

extension Trouble {
  /// What `texts` have for `code`: the code, what was seen, what to do, each in a line, with the values
  /// in the places of `{0}` and so on.
  @inline(never)
  public init(
    _ code: String, in texts: String, _ first: String = "", _ second: String = "",
    _ third: String = ""
  ) {
    let entry = Self.entry(code, texts)
    let values = [first, second, third]
    self.init(
      code: code, seen: Self.filled(entry.seen, values), remedy: Self.filled(entry.remedy, values))
  }

  /// The two lines after the code's; empty for a code that is not there, which a test excludes.
  private static func entry(
    _ code: String, _ texts: String
  ) -> (seen: [UInt8], remedy: [UInt8]) {
    let lines = texts.lines
    guard let index = lines.firstIndex(of: code), index + 2 < lines.count else { return ([], []) }
    return (lines[index + 1].bytes, lines[index + 2].bytes)
  }

  /// `{0}` is the first value.
  private static func filled(_ template: [UInt8], _ values: [String]) -> String {
    var text: [UInt8] = []
    var index = 0
    while index < template.count {
      if template[index] == UInt8(ascii: "{"), index + 2 < template.count,
        template[index + 2] == UInt8(ascii: "}")
      {
        let value = Int(template[index + 1]) - 0x30
        if values.indices.contains(value) { text += values[value].bytes }
        index += 3
      } else {
        text.append(template[index])
        index += 1
      }
    }
    return String(bytes: text)
  }
}

internal import Platform

extension Trouble {
  /// What `texts` has for `code`, with the values in their places.
  ///
  /// - Parameter texts: for each code three lines: the code, what was seen, what to do; `{0}` and so on
  ///   stand for values. One text, and no code for each of them, since the program has to be small.
  @inline(never)
  public init(_ code: String, of texts: StaticString, _ values: [String]) {
    let lines = texts.description.lines
    // Empty for a code that is not there, which a test excludes.
    let index = lines.firstIndex(of: code) ?? lines.count
    func text(_ offset: Int) -> String {
      index + offset < lines.count ? Self.filled(lines[index + offset].bytes, values) : ""
    }
    self.init(code: code, seen: text(1), remedy: text(2))
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

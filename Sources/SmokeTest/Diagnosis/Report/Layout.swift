internal import Platform

/// `text` with blanks up to `width` columns, at least one.
@inline(never)
func padded(_ text: String, _ width: Int) -> String {
  text + blanks(max(1, width - text.bytes.count))
}

@inline(never)
func blanks(_ count: Int) -> String { String(bytes: [UInt8](repeating: 0x20, count: count)) }

/// The lines of `text`, broken at blanks so that none has more than `width` columns, as far as words
/// allow. A character counts as one column.
@inline(never)
func wrapped(_ text: String, _ width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  var length = 0
  for word in text.words {
    // Bytes that begin a character.
    let size = word.bytes.count { $0 & 0xC0 != 0x80 }
    if length > 0, length + 1 + size > width {
      lines.append(line)
      line = ""
      length = 0
    }
    if length > 0 {
      line += " "
      length += 1
    }
    line += word
    length += size
  }
  if length > 0 { lines.append(line) }
  return lines
}

/// The texts with `separator` between them.
@inline(never)
func joined(_ texts: [String], _ separator: String) -> String {
  let writer = Writer()
  for (index, text) in texts.enumerated() {
    if index > 0 { writer.put(separator) }
    writer.put(text)
  }
  return writer.text
}

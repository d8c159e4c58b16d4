internal import Platform

/// `text` with blanks up to `width` columns, at least one.
func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.utf8.count))
}

/// The lines of `text`, broken at blanks so that none has more than `width` columns, as far as words
/// allow. A character counts as one column.
func wrapped(_ text: String, _ width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  var length = 0
  for word in text.words {
    let size = word.unicodeScalars.count
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

func trimmedEnd(_ line: String) -> String {
  var bytes = Array(line.utf8)
  while bytes.last == 0x20 { bytes.removeLast() }
  return String(decoding: bytes, as: UTF8.self)
}

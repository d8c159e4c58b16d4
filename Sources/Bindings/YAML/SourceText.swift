import Diagnostics

/// The text of a file, known to be something that libyaml can be asked to read, with its lines.
struct SourceText {
  let file: String
  let bytes: [UInt8]
  private let lines: [String]

  init(_ bytes: [UInt8], file: String, limits: NodeReader.Limits) throws(YAMLError) {
    self.bytes = bytes
    self.file = file
    let start = Diagnostic.Place(file: file, line: 1, column: 1)
    guard bytes.count <= limits.bytes else {
      throw YAMLError([
        .init(
          .tooLarge, at: .init(file: file),
          "the file is larger than \(limits.bytes) bytes, more than such a file can reasonably be")
      ])
    }
    try Self.refuseByteOrderMark(bytes, at: start)
    do {
      let text = try UTF8Span(validating: bytes.span)
      lines = Self.lines(String(copying: text))
    } catch {
      let before = String(decoding: bytes[..<error.byteOffsets.lowerBound], as: UTF8.self)
      lines = Self.lines(before)
      throw YAMLError([
        .init(
          .notUTF8, at: Self.end(of: before, in: lines, file: file), "the file is not UTF-8",
          reason: "at byte \(error.byteOffsets.lowerBound + 1)", remedy: "save it as UTF-8")
      ])
    }
    try refuseControlCharacters()
  }

  private static func refuseByteOrderMark(
    _ bytes: [UInt8], at start: Diagnostic.Place
  ) throws(YAMLError) {
    let marks: [(String, [UInt8])] = [
      ("UTF-8", [0xEF, 0xBB, 0xBF]), ("UTF-16", [0xFF, 0xFE]), ("UTF-16", [0xFE, 0xFF]),
    ]
    guard let mark = marks.first(where: { bytes.starts(with: $0.1) }) else { return }
    throw YAMLError([
      .init(
        .byteOrderMark, at: start, "the file begins with a byte-order mark of \(mark.0)",
        remedy: "save it as UTF-8 without a byte-order mark")
    ])
  }

  /// What YAML calls not printable (section 5.1), tab and line breaks apart.
  private func refuseControlCharacters() throws(YAMLError) {
    for (index, line) in lines.enumerated() {
      for (offset, scalar) in line.unicodeScalars.enumerated() {
        switch scalar.value {
        case 0x09, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...: continue
        default: break
        }
        let hex = String(scalar.value, radix: 16, uppercase: true)
        // The line itself would send the character to a terminal.
        let place = Diagnostic.Place(file: file, line: index + 1, column: offset + 1)
        throw YAMLError([
          .init(
            .controlCharacter, at: place, "the character U+\(hex) is not allowed here",
            remedy: "in double quotes, write it as an escape")
        ])
      }
    }
  }

  /// Lines as libyaml counts them, which is by YAML 1.1: also at NEL, LS and PS.
  private static func lines(_ text: String) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      defer { previous = scalar }
      switch scalar {
      case "\n" where previous == "\r": continue
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        lines.append(String(line))
        line = .init()
      default: line.append(scalar)
      }
    }
    lines.append(String(line))
    return lines
  }

  private static func end(
    of text: String, in lines: [String], file: String
  ) -> Diagnostic.Place {
    .init(file: file, line: lines.count, column: (lines.last ?? "").unicodeScalars.count + 1)
  }

  /// - Parameters:
  ///   - line: from 0, as libyaml counts.
  ///   - column: from 0, in Unicode scalars.
  func place(line: Int, column: Int) -> Diagnostic.Place {
    let excerpt = lines.indices.contains(line) ? lines[line] : nil
    return .init(file: file, line: line + 1, column: column + 1, excerpt: excerpt)
  }

  func scalar(line: Int, column: Int) -> Unicode.Scalar? {
    guard lines.indices.contains(line) else { return nil }
    return lines[line].unicodeScalars.dropFirst(column).first
  }

  /// The place behind the last character.
  var end: Diagnostic.Place { Self.end(of: "", in: lines, file: file) }
}

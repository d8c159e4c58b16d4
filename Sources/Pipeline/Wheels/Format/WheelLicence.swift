import FileSystem

/// What a wheel says of its licence, its author and its home (core metadata 2.4).
public struct WheelLicence: Hashable, Sendable {
  /// An SPDX expression, in the words of PEP 639; nil where the wheel has none, or something else in
  /// its place.
  public let expression: String?
  /// A name, or a whole text: what wheels had before there were expressions.
  public let text: String?
  public let author: String?
  public let homepage: String?

  init(_ metadata: MetadataFields) {
    // Some write a reference into the old field.
    let reference = metadata["License"].flatMap { $0.hasPrefix("LicenseRef-") ? $0 : nil }
    expression = (metadata["License-Expression"] ?? reference).flatMap {
      Self.isExpression($0) ? $0 : nil
    }
    let classifier = metadata.all("Classifier").first { $0.hasPrefix("License :: ") }
    text =
      metadata["License"] ?? metadata["License-Expression"]
      ?? classifier?.split(separator: " :: ").last.map(String.init)
    author =
      ["Author-email", "Author", "Maintainer-email", "Maintainer"].compactMap {
        metadata[$0]
      }.first
    homepage =
      metadata["Home-page"]
      ?? metadata.all("Project-URL").first { $0.lowercased().hasPrefix("home") }
      .flatMap { $0.split(separator: ",").last.map { TextLines.trim($0) } }
  }

  /// Whether the text has an expression's form: identifiers, joined by `AND`, `OR` and `WITH`.
  private static func isExpression(_ text: String) -> Bool {
    let words = text.split { $0 == " " || $0 == "(" || $0 == ")" }
    guard !words.isEmpty, !words.count.isMultiple(of: 2) else { return false }
    return words.enumerated().allSatisfy { index, word in
      index.isMultiple(of: 2)
        ? word.utf8.allSatisfy(isIdentifier) : ["AND", "OR", "WITH"].contains(word)
    }
  }

  private static func isIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2B: true
    default: false
    }
  }

  /// Where wheels keep licence texts in their `.dist-info` folder.
  ///
  /// - Parameter path: relative to that folder.
  public static func isLicenceFile(_ path: String) -> Bool {
    if path.hasPrefix("licenses/") { return true }
    let name = path.uppercased()
    return !name.hasSlash
      && ["LICENSE", "LICENCE", "COPYING", "NOTICE"].contains { name.hasPrefix($0) }
  }
}

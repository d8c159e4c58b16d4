internal import Digests

/// What a package's data archive holds, in its order: the file `listing` of a package in the store.
///
/// One line an entry, fields apart by tabs: kind, octal mode, owner, group, size, mtime, digest,
/// attributes, path, link target. Text instead of JSON, since a root has ten thousands of entries.
public struct PackageListing: Hashable, Sendable {
  public let entries: [PackageEntry]

  public init(entries: [PackageEntry]) { self.entries = entries }

  var text: String {
    var text = ""
    for entry in entries {
      let fields = [
        entry.kind.rawValue, String(entry.permissions, radix: 8), String(entry.owner),
        String(entry.group), String(entry.size), String(entry.modified),
        entry.sha256?.hex ?? "-", Self.text(entry.attributes), Self.escaped(entry.path),
        entry.linkTarget.map(Self.escaped) ?? "",
      ]
      text += fields.joined(separator: "\t") + "\n"
    }
    return text
  }

  /// - Returns: nil where the text is no listing.
  init?(parsing text: String) {
    var entries: [PackageEntry] = []
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        .map { Substring($0) }
      guard fields.count == 10, let entry = Self.entry(fields) else { return nil }
      entries.append(entry)
    }
    self.entries = entries
  }

  private static func entry(_ fields: [Substring]) -> PackageEntry? {
    guard let kind = PackageEntry.Kind(rawValue: String(fields[0])),
      let permissions = UInt16(fields[1], radix: 8), let owner = UInt32(fields[2]),
      let group = UInt32(fields[3]), let size = Int64(fields[4]), let modified = Int64(fields[5]),
      let attributes = attributes(fields[7])
    else { return nil }
    let digest = fields[6] == "-" ? nil : SHA256Digest(hex: fields[6])
    guard (digest != nil) == (kind == .file || kind == .hardLink) else { return nil }
    return PackageEntry(
      path: unescaped(fields[8]), kind: kind, permissions: permissions, owner: owner,
      group: group, size: size, modified: modified, sha256: digest,
      linkTarget: kind == .symlink || kind == .hardLink ? unescaped(fields[9]) : nil,
      attributes: attributes)
  }

  private static func text(_ attributes: [String: [UInt8]]) -> String {
    attributes.sorted { $0.key < $1.key }
      .map { "\(Hexadecimal.text($0.key.utf8))=\(Hexadecimal.text($0.value))" }
      .joined(separator: ",")
  }

  private static func attributes(_ text: Substring) -> [String: [UInt8]]? {
    var attributes: [String: [UInt8]] = [:]
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, let name = Hexadecimal.bytes(sides[0]),
        let value = Hexadecimal.bytes(sides[1])
      else { return nil }
      attributes[String(decoding: name, as: UTF8.self)] = value
    }
    return attributes
  }

  /// Tabs, line breaks and backslashes would break the lines; names with them are legal. By bytes: a
  /// line break behind a carriage return is no character of its own.
  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { mark(of: $0) != nil }) else { return text }
    let bytes = text.utf8.flatMap { byte in mark(of: byte).map { [backslash, $0] } ?? [byte] }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func unescaped(_ text: Substring) -> String {
    guard text.utf8.contains(backslash) else { return String(text) }
    var bytes: [UInt8] = []
    var isEscape = false
    for byte in text.utf8 {
      if isEscape {
        bytes.append(byte == UInt8(ascii: "t") ? tab : byte == UInt8(ascii: "n") ? lineBreak : byte)
        isEscape = false
      } else if byte == backslash {
        isEscape = true
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What stands behind a backslash in the place of a byte that cannot stand in a line.
  private static func mark(of byte: UInt8) -> UInt8? {
    switch byte {
    case backslash: backslash
    case tab: UInt8(ascii: "t")
    case lineBreak: UInt8(ascii: "n")
    default: nil
    }
  }

  private static let backslash = UInt8(ascii: "\\")
  private static let tab = UInt8(ascii: "\t")
  private static let lineBreak = UInt8(ascii: "\n")
}

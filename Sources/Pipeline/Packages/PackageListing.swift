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

  /// Tabs, line breaks and backslashes would break the lines; names with them are legal.
  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x09 || $0 == 0x0A }) else { return text }
    return text.reduce(into: "") {
      switch $1 {
      case "\\": $0 += "\\\\"
      case "\t": $0 += "\\t"
      case "\n": $0 += "\\n"
      default: $0.append($1)
      }
    }
  }

  private static func unescaped(_ text: Substring) -> String {
    guard text.utf8.contains(0x5C) else { return String(text) }
    var result = ""
    var isEscape = false
    for character in text {
      if isEscape {
        result.append(character == "t" ? "\t" : character == "n" ? "\n" : character)
        isEscape = false
      } else if character == "\\" {
        isEscape = true
      } else {
        result.append(character)
      }
    }
    return result
  }
}

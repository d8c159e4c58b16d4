internal import Content
internal import Digests

/// JSON text whose every byte is kiln's choice, since manifests are compared and signed.
enum JSON {
  static func object(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\(text($0)): \($1)" }.joined(separator: ", ") + "}"
  }

  static func text(_ value: String) -> String { JSONText.quoted(value) }
}

extension JSON {
  /// A line of a manifest. There are ten thousands of them, so their text goes where it is wanted at
  /// once, as bytes.
  static func append(_ file: Manifest.File, to bytes: inout [UInt8]) {
    bytes += "{\"path\": ".utf8
    append(file.path, to: &bytes)
    bytes += ", \"kind\": \"".utf8
    bytes += file.kind.rawValue.utf8
    bytes += "\", \"mode\": \"".utf8
    bytes += file.mode.utf8
    bytes += "\", \"uid\": ".utf8
    bytes += String(file.uid).utf8
    bytes += ", \"gid\": ".utf8
    bytes += String(file.gid).utf8
    bytes += ", \"size\": ".utf8
    bytes += String(file.size).utf8
    if let sha256 = file.sha256 {
      bytes += ", \"sha256\": \"".utf8
      bytes += sha256.hexDigits
      bytes.append(UInt8(ascii: "\""))
    }
    if let link = file.link {
      bytes += ", \"link\": ".utf8
      append(link, to: &bytes)
    }
    if let capability = file.capability {
      bytes += ", \"capability\": ".utf8
      append(capability, to: &bytes)
    }
    bytes += ", \"origin\": ".utf8
    bytes += String(file.origin).utf8
    bytes.append(UInt8(ascii: "}"))
  }

  private static func append(_ value: String, to bytes: inout [UInt8]) {
    guard JSONText.isPlain(value) else {
      bytes += text(value).utf8
      return
    }
    bytes.append(UInt8(ascii: "\""))
    bytes += value.utf8
    bytes.append(UInt8(ascii: "\""))
  }
}

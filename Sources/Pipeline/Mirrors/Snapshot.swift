internal import Transfers

/// Where a user says that files are still to be had when the mirrors have newer ones: a URL with
/// fields in braces, like `https://example.org/by-hash/SHA256/{sha256}` or
/// `https://example.org/archive/{date}/{path}`.
///
/// Services that keep old files address them by a digest or by a moment and a path; a URL without
/// any field is taken for the base of one more mirror.
public struct Snapshot: Hashable, Sendable {
  /// What the fields stand for.
  public enum Field: String, CaseIterable, Hashable, Sendable {
    /// The file's digest, 64 digits.
    case sha256
    /// Relative to the source's base URL.
    case path
    /// The last component of the path.
    case file
    case name, version
    /// The end of the lock's day, `20261126T000000Z`.
    case date
  }

  /// As written; may carry credentials: not for showing.
  public let template: String

  /// - Returns: nil where a brace holds no field.
  init?(_ template: String) {
    var rest = Substring(template)
    while let start = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      guard rest[start] == "{", let end = rest[start...].firstIndex(of: "}"),
        Field(rawValue: String(rest[start...].dropFirst().prefix { $0 != "}" })) != nil
      else { return nil }
      rest = rest[end...].dropFirst()
    }
    self.template = template
  }

  /// Whether it is the base of a mirror.
  public var isBase: Bool { !template.contains("{") }

  /// The URL of one file.
  ///
  /// - Parameter value: each field's value, ready for a URL.
  public func url(_ value: (Field) -> String) -> String {
    var text = ""
    var rest = Substring(template)
    while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
      text += rest[..<start]
      let name = rest[start..<end].dropFirst()
      text += Field(rawValue: String(name)).map(value) ?? ""
      rest = rest[end...].dropFirst()
    }
    return text + rest
  }
}

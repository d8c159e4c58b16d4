internal import FileSystem
internal import SystemPackage

/// What a key file is, and so which tool works with it.
public enum KeyForm: String, Hashable, Sendable, CaseIterable {
  /// PEM; `openssl` signs.
  case openssl
  /// minisign's own form.
  case minisign

  /// What follows the image's name in that of its signature.
  public var ending: String { self == .openssl ? ".sig" : ".minisig" }

  enum Half: String { case secret, `public` }

  /// Keys are small; what is larger is none.
  private static let longest = 64 << 10

  /// The form of a key file that must hold one half of a pair.
  static func of(_ key: FilePath, _ half: Half) throws(SignatureError) -> KeyForm {
    let text: String
    do throws(FileError) { text = try Files.readText(key, limit: longest) } catch {
      guard error.code == .notUTF8 || error.code == .tooLarge else {
        throw SignatureError(error)
      }
      throw SignatureError(.unknownKey, key.string, reason: "it is not text")
    }
    guard let (form, found) = recognized(text) else {
      throw SignatureError(
        .unknownKey, key.string, reason: "it is neither PEM nor a key of minisign")
    }
    guard found == half else {
      throw SignatureError(
        .unknownKey, key.string,
        reason: "it is the \(found.rawValue) half of a pair, and the \(half.rawValue) one is needed"
      )
    }
    return form
  }

  private static func recognized(_ text: String) -> (KeyForm, Half)? {
    if text.contains("-----BEGIN PUBLIC KEY-----") { return (.openssl, .public) }
    if text.contains("PRIVATE KEY-----") { return (.openssl, .secret) }
    let lines = text.split(separator: "\n")
    guard let first = lines.first, first.hasPrefix("untrusted comment:"), lines.count > 1 else {
      return nil
    }
    // minisign(1): 42 bytes of a public key, 158 of a secret one, in base64.
    switch lines[1].utf8.count {
    case 56: return (.minisign, .public)
    case 212: return (.minisign, .secret)
    default: return nil
    }
  }
}

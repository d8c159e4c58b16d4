internal import CCurl

/// What kiln does with URLs as text.
public enum TransferURL {
  /// The text with the credentials and the query of every URL in it left out, and credentials
  /// before a host that stands without its scheme, as a proxy's may.
  public static func redacted(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while !rest.isEmpty {
      let blanks = rest.prefix(while: isBoundary)
      result += blanks
      rest = rest[blanks.endIndex...]
      let word = rest.prefix { !isBoundary($0) }
      result += redacted(word: word)
      rest = rest[word.endIndex...]
    }
    return result
  }

  private static func isBoundary(_ character: Character) -> Bool {
    character.isWhitespace || "'\"`<>".contains(character)
  }

  private static func redacted(word: Substring) -> String {
    guard word.contains("://") else {
      // Before an `@` only a password has a colon.
      guard let at = word.lastIndex(of: "@"), word[..<at].contains(":") else { return String(word) }
      return String(word[at...].dropFirst())
    }
    var result = ""
    var rest = word.prefix { $0 != "?" }
    // One URL may stand in another, or in a list.
    while let separator = rest.firstRange(of: "://") {
      result += rest[..<separator.upperBound]
      rest = withoutCredentials(rest[separator.upperBound...])
    }
    return result + rest
  }

  /// What follows a URL's scheme.
  private static func withoutCredentials(_ text: Substring) -> Substring {
    let authority = text.prefix { !"/#".contains($0) }
    if let at = authority.lastIndex(of: "@") { return text[at...].dropFirst() }
    guard let colon = authority.firstIndex(of: ":"), let at = text.lastIndex(of: "@"),
      !authority[colon...].dropFirst().allSatisfy(\.isNumber)
    else { return text }
    // What follows the colon is no port, but the begin of a password with a slash in it.
    return text[at...].dropFirst()
  }

  /// A URL without its user name and password, and these, decoded; nil where it has none.
  public static func separated(
    _ url: String
  ) -> (url: String, user: String, password: String)? {
    guard let mark = url.firstRange(of: "://") else { return nil }
    let authority = url[mark.upperBound...].prefix { !"/?#".contains($0) }
    guard let at = authority.lastIndex(of: "@") else { return nil }
    let parts = authority[..<at].split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false
    ).map { decoded($0) }
    let rest = url[url.index(after: at)...]
    return (String(url[..<mark.upperBound] + rest), parts[0], parts.count > 1 ? parts[1] : "")
  }

  private static func decoded(_ text: Substring) -> String {
    var length: CInt = 0
    // Without a handle it asks nothing of one; it fails only for want of memory.
    guard let bytes = unsafe curl_easy_unescape(nil, String(text), CInt(text.utf8.count), &length)
    else { return String(text) }
    defer { unsafe curl_free(bytes) }
    return unsafe String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: Int(length)), as: UTF8.self)
  }

  /// The scheme in lower case, or nil where the text is no absolute URL.
  public static func scheme(_ url: String) -> String? {
    guard let separator = url.firstRange(of: "://") else { return nil }
    return url[..<separator.lowerBound].lowercased()
  }

  /// The host in lower case, without port and credentials.
  public static func host(_ url: String) -> String? {
    unsafe parsed(url) { handle in
      guard let host = unsafe part(handle, CURLUPART_HOST) else { return nil }
      return host.lowercased()
    }
  }

  /// The port, which the scheme gives where the URL does not.
  private static func port(_ url: String) -> String? {
    unsafe parsed(url) { handle in
      unsafe part(handle, CURLUPART_PORT, flags: UInt32(CURLU_DEFAULT_PORT))
    }
  }

  /// The absolute form of a link found in the document at `base` (RFC 3986), without its fragment.
  ///
  /// - Returns: nil where the two make no URL.
  public static func resolved(_ reference: String, against base: String) -> String? {
    unsafe parsed(base) { handle in
      guard unsafe curl_url_set(handle, CURLUPART_URL, reference, 0) == CURLUE_OK,
        unsafe curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK
      else { return nil }
      return unsafe part(handle, CURLUPART_URL)
    }
  }

  /// The URL with the credentials of `base`, where both are of one scheme, host and port and it has
  /// none.
  public static func carryingCredentials(_ url: String, of base: String) -> String {
    guard let mark = url.firstRange(of: "://"), scheme(url) == scheme(base),
      host(url) == host(base), port(url) == port(base), let baseMark = base.firstRange(of: "://")
    else { return url }
    let authority = base[baseMark.upperBound...].prefix { !"/?#".contains($0) }
    let ownAuthority = url[mark.upperBound...].prefix { !"/?#".contains($0) }
    guard let end = authority.lastIndex(of: "@"), !ownAuthority.contains("@") else { return url }
    return String(url[..<mark.upperBound] + authority[...end] + url[mark.upperBound...])
  }

  private static func parsed(_ url: String, _ body: (OpaquePointer) -> String?) -> String? {
    guard let handle = unsafe curl_url() else { return nil }
    defer { unsafe curl_url_cleanup(handle) }
    let flags = UInt32(CURLU_NON_SUPPORT_SCHEME)
    guard unsafe curl_url_set(handle, CURLUPART_URL, url, flags) == CURLUE_OK else { return nil }
    return unsafe body(handle)
  }

  private static func part(
    _ handle: OpaquePointer, _ part: CURLUPart, flags: UInt32 = 0
  ) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe curl_url_get(handle, part, &text, flags) == CURLUE_OK,
      let text = unsafe text
    else { return nil }
    defer { unsafe curl_free(text) }
    return unsafe String(validatingCString: text)
  }
}

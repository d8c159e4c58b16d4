internal import CCurl

/// What kiln does with URLs as text.
public enum TransferURL {
  /// The text with the credentials and the query of every URL in it left out.
  public static func redacted(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let separator = rest.firstRange(of: "://") {
      result += rest[..<separator.upperBound]
      rest = rest[separator.upperBound...]
      let authority = rest.prefix { !"/?# \n\t'\"".contains($0) }
      result += authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
      rest = rest[authority.endIndex...]
      let path = rest.prefix { !"?# \n\t'\"".contains($0) }
      result += path
      rest = rest[path.endIndex...]
      if rest.first == "?" { rest = rest.drop { !" \n\t'\"".contains($0) } }
    }
    return result + rest
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

  /// The URL with the credentials of `base`, where both are of one scheme and host and it has none.
  public static func carryingCredentials(_ url: String, of base: String) -> String {
    guard let mark = url.firstRange(of: "://"), scheme(url) == scheme(base),
      host(url) == host(base), let baseMark = base.firstRange(of: "://")
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

  private static func part(_ handle: OpaquePointer, _ part: CURLUPart) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text = unsafe text else {
      return nil
    }
    defer { unsafe curl_free(text) }
    return unsafe String(validatingCString: text)
  }
}

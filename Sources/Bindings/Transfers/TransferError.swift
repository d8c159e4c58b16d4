public import Diagnostics

/// A transfer that did not come through.
///
/// ``url`` carries no credentials and no query, so that it can be shown.
public struct TransferError: Failure {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    case notFound = "K3001"
    case denied = "K3002"
    case throttled = "K3003"
    case serverFailed = "K3004"
    case refused = "K3005"
    case unreachable = "K3006"
    case proxyFailed = "K3007"
    case insecure = "K3008"
    case stalled = "K3009"
    case cut = "K3010"
    case redirectedTooOften = "K3011"
    case tooLarge = "K3012"
    case badAddress = "K3013"
    case rangeRefused = "K3014"
    case malformedReply = "K3015"
    case interrupted = "K3016"
    case other = "K3017"
  }

  public let code: Code
  public let url: String
  /// The HTTP status, where a server answered.
  public let status: Int?
  /// libcurl's own words.
  public let reason: String?
  /// Seconds that the server asked to wait.
  public let retryAfter: Int?

  public init(
    _ code: Code, url: String, status: Int? = nil, reason: String? = nil, retryAfter: Int? = nil
  ) {
    self.code = code
    self.url = TransferURL.redacted(url)
    self.status = status
    self.reason = reason.map(TransferURL.redacted)
    self.retryAfter = retryAfter
  }

  /// Whether the same request may succeed a little later.
  public var isTemporary: Bool {
    switch code {
    case .throttled, .serverFailed, .unreachable, .proxyFailed, .stalled, .cut, .malformedReply:
      true
    case .notFound, .denied, .refused, .insecure, .redirectedTooOften, .tooLarge, .badAddress,
      .rangeRefused, .interrupted, .other:
      false
    }
  }

  public var diagnostics: [Diagnostic] {
    [
      Diagnostic(
        code: code.rawValue, message: message, place: .init(file: url), reason: reason,
        remedy: remedy)
    ]
  }

  private var message: String {
    let answer = status.map { " (HTTP status \($0))" } ?? ""
    return switch code {
    case .notFound: "the server has no such file\(answer)"
    case .denied: "the server denied access\(answer)"
    case .throttled: "the server asks for fewer requests\(answer)"
    case .serverFailed: "the server failed\(answer)"
    case .refused: "the server refused the request\(answer)"
    case .unreachable: "the server cannot be reached"
    case .proxyFailed: "the proxy failed"
    case .insecure: "no trusted connection to the server"
    case .stalled: "the transfer stalled"
    case .cut: "the connection ended before the file was whole"
    case .redirectedTooOften: "the server redirects without end"
    case .tooLarge: "the server sends more than was expected"
    case .badAddress: "not an address that kiln can fetch"
    case .rangeRefused: "the server cannot continue the download"
    case .malformedReply: "the server's answer breaks the protocol\(answer)"
    case .interrupted: "the transfer was interrupted"
    case .other: "the transfer failed\(answer)"
    }
  }

  private var remedy: String? {
    switch code {
    case .denied: "put the credentials into ~/.netrc, or into the mirror's URL"
    case .unreachable, .stalled:
      "check the network, and http_proxy, https_proxy and no_proxy in the environment"
    case .proxyFailed: "check http_proxy, https_proxy and all_proxy in the environment"
    case .insecure:
      "install ca-certificates, or name the authority's certificate with CURL_CA_BUNDLE"
    case .badAddress: "use an http, https or file URL"
    default: nil
    }
  }
}

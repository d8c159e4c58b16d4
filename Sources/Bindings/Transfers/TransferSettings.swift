/// How a client transfers: time-outs in seconds, limits, and what the environment says about
/// proxies, certificates and credentials.
public struct TransferSettings: Hashable, Sendable {
  /// Proxies (`http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`), certificates
  /// (`CURL_CA_BUNDLE`, `SSL_CERT_FILE`, `SSL_CERT_DIR`) and netrc (`NETRC`, `HOME`) come from
  /// here, with the meaning that curl gives them, and from nowhere else.
  public var environment: [String: String]
  public var connectTimeout: Int
  /// A transfer slower than ``stallSpeed`` bytes a second for so long is given up.
  public var stallTimeout: Int
  public var stallSpeed: Int
  public var redirectLimit: Int
  public var connectionsPerHost: Int

  public init(
    environment: [String: String], connectTimeout: Int = 20, stallTimeout: Int = 30,
    stallSpeed: Int = 100, redirectLimit: Int = 8, connectionsPerHost: Int = 8
  ) {
    self.environment = environment
    self.connectTimeout = connectTimeout
    self.stallTimeout = stallTimeout
    self.stallSpeed = stallSpeed
    self.redirectLimit = redirectLimit
    self.connectionsPerHost = connectionsPerHost
  }

  /// The proxy for a URL of `scheme`, or nil for a direct connection.
  ///
  /// As in curl, `HTTP_PROXY` in capitals does not count: a CGI server sets it from a header.
  func proxy(scheme: String) -> String? {
    switch scheme {
    case "http": value("http_proxy", "all_proxy", "ALL_PROXY")
    case "https": value("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    default: nil
    }
  }

  var noProxy: String { value("no_proxy", "NO_PROXY") ?? "" }
  var certificateFile: String? { value("CURL_CA_BUNDLE", "SSL_CERT_FILE") }
  var certificateFolder: String? { value("SSL_CERT_DIR") }
  var netrc: String? { value("NETRC") ?? value("HOME").map { $0 + "/.netrc" } }

  private func value(_ names: String...) -> String? {
    names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
  }
}

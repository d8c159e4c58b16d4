/// What to fetch.
public struct TransferRequest: Hashable, Sendable {
  public enum Proxy: Hashable, Sendable {
    /// What the settings' environment says.
    case environment
    case direct
    case through(String)
  }

  /// An `http`, `https` or `file` URL.
  public var url: String
  /// Header lines, like `Accept: text/html`.
  public var headers: [String]
  /// The first byte wanted; a server may answer from the beginning all the same.
  public var offset: Int64
  /// A whole file larger than this is ``TransferError/Code/tooLarge``.
  public var limit: Int64?
  public var proxy: Proxy
  /// Whether what the server packed for the way (`Content-Encoding`) is unpacked. Artifacts are to
  /// come as they are, and perhaps in parts.
  var unpacks = false

  public init(
    url: String, headers: [String] = [], offset: Int64 = 0, limit: Int64? = nil,
    proxy: Proxy = .environment
  ) {
    self.url = url
    self.headers = headers
    self.offset = offset
    self.limit = limit
    self.proxy = proxy
  }
}

/// What a server says before the first byte.
public struct TransferResponse: Hashable, Sendable {
  /// Where the answer came from after redirects. It may carry credentials: not for showing.
  public let url: String
  /// The HTTP status; 0 for a local file.
  public let status: Int
  /// Where in the file the bytes begin: the request's offset, or 0.
  public let offset: Int64
  /// Bytes of the whole file, where the server says so.
  public let total: Int64?
  public let contentType: String?
}

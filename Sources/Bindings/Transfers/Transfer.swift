internal import CCurl
internal import Synchronization

/// One transfer under way. Everything but the flag of cancellation belongs to the loop's thread.
///
/// Redirects are followed here and not by libcurl, so that each hop gets the proxy of its own
/// scheme, and credentials in a URL stay with its host.
@safe final class Transfer: @unchecked Sendable {
  typealias Outcome = Result<TransferResponse, TransferError>

  private static let discardedLimit = 1 << 16

  private let request: TransferRequest
  private let settings: TransferSettings
  private let begin: @Sendable (TransferResponse) -> Bool
  private let receive: @Sendable (RawSpan) -> Bool
  private let cancelled = Atomic(false)

  private var easy: EasyHandle?
  private var continuation: CheckedContinuation<Outcome, Never>?
  private var url: String
  private var redirects = 0
  private var response: TransferResponse?
  private var received: Int64 = 0
  private var discarded = 0
  private var failure: TransferError?

  init(
    _ request: TransferRequest, _ settings: TransferSettings,
    begin: @escaping @Sendable (TransferResponse) -> Bool,
    receive: @escaping @Sendable (RawSpan) -> Bool
  ) {
    self.request = request
    self.settings = settings
    self.begin = begin
    self.receive = receive
    url = request.url
  }

  func cancel() { cancelled.store(true, ordering: .relaxed) }
  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  var handle: UnsafeMutableRawPointer? { unsafe easy?.pointer }

  /// Makes the handle ready for the multi interface.
  func prepare(_ continuation: CheckedContinuation<Outcome, Never>) throws(TransferError) {
    self.continuation = continuation
    do throws(EasyHandle.Failure) {
      var easy = try EasyHandle.make()
      try configure(&easy)
      self.easy = consume easy
    } catch {
      throw TransferError(.other, url: url, reason: "libcurl: status \(error.code.rawValue)")
    }
    try aim()
  }

  private func configure(_ easy: inout EasyHandle) throws(EasyHandle.Failure) {
    try easy.set(CURLOPT_NOSIGNAL, 1)
    try easy.set(CURLOPT_PROTOCOLS_STR, "http,https,file")
    try easy.set(CURLOPT_FOLLOWLOCATION, 0)
    try easy.set(CURLOPT_USERAGENT, "kiln")
    try easy.set(CURLOPT_TCP_KEEPALIVE, 1)
    try easy.set(CURLOPT_CONNECTTIMEOUT, settings.connectTimeout)
    try easy.set(CURLOPT_LOW_SPEED_TIME, settings.stallTimeout)
    try easy.set(CURLOPT_LOW_SPEED_LIMIT, settings.stallSpeed)
    try easy.set(CURLOPT_BUFFERSIZE, 1 << 18)
    try easy.set(CURLOPT_NETRC, Int(CURL_NETRC_OPTIONAL.rawValue))
    if let netrc = settings.netrc { try easy.set(CURLOPT_NETRC_FILE, netrc) }
    if let file = settings.certificateFile { try easy.set(CURLOPT_CAINFO, file) }
    if let folder = settings.certificateFolder { try easy.set(CURLOPT_CAPATH, folder) }
    // Empty: every encoding that libcurl knows.
    if request.unpacks { try easy.set(CURLOPT_ACCEPT_ENCODING, "") }
    if request.offset > 0 { try easy.set(CURLOPT_RANGE, "\(request.offset)-") }
    try easy.setHeaders(request.headers)
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    try unsafe easy.setReceiver(
      { bytes, size, count, context in
        guard let context = unsafe context, let bytes = unsafe bytes else { return 0 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
        return transfer.accept(unsafe buffer.bytes) ? size * count : 0
      }, context)
  }

  /// Points the handle at ``url``.
  private func aim() throws(TransferError) {
    guard let scheme = TransferURL.scheme(url), ["http", "https", "file"].contains(scheme) else {
      throw TransferError(.badAddress, url: url)
    }
    let proxy: String =
      switch request.proxy {
      case .environment: settings.proxy(scheme: scheme) ?? ""
      case .direct: ""
      case .through(let proxy): proxy
      }
    do throws(EasyHandle.Failure) {
      try easy?.set(CURLOPT_URL, url)
      // Set even where empty: libcurl would read the process's environment otherwise.
      try easy?.set(CURLOPT_PROXY, proxy)
      // For apt's own proxies as well: apt keeps to it.
      try easy?.set(CURLOPT_NOPROXY, settings.noProxy)
    } catch {
      throw TransferError(.badAddress, url: url, reason: "libcurl: \(error.code.rawValue)")
    }
  }

  private func accept(_ bytes: RawSpan) -> Bool {
    guard failure == nil, !isCancelled else { return false }
    guard let status = easy?.number(CURLINFO_RESPONSE_CODE), status < 300 else {
      discarded += bytes.byteCount
      return discarded <= Self.discardedLimit
    }
    guard response != nil || start(status) else { return false }
    received += Int64(bytes.byteCount)
    if let limit = request.limit, (response?.offset ?? 0) + received > limit {
      failure = TransferError(.tooLarge, url: url, reason: "more than \(limit) bytes")
      return false
    }
    return receive(bytes)
  }

  /// Takes the server's answer, before the first byte or at the end of an empty body.
  private func start(_ status: Int) -> Bool {
    guard let offset = answeredOffset(status) else {
      failure = TransferError(
        .malformedReply, url: url, status: status, reason: "it sends another range than asked for")
      return false
    }
    let isPacked = request.unpacks && easy?.header("Content-Encoding") != nil
    let length = isPacked ? -1 : easy?.offset(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T) ?? -1
    let response = TransferResponse(
      url: url, status: status, offset: offset, total: length < 0 ? nil : Self.sum(offset, length),
      contentType: easy?.text(CURLINFO_CONTENT_TYPE))
    if let limit = request.limit, let total = response.total, total > limit {
      failure = TransferError(.tooLarge, url: url, reason: "\(total) bytes, at most \(limit)")
      return false
    }
    self.response = response
    return begin(response)
  }

  /// A server says what it likes of the length.
  private static func sum(_ offset: Int64, _ length: Int64) -> Int64 {
    let (sum, isTooLarge) = offset.addingReportingOverflow(length)
    return isTooLarge ? .max : sum
  }

  private func answeredOffset(_ status: Int) -> Int64? {
    switch status {
    case 0: return request.offset
    case 206:
      // "bytes 100-199/200" (RFC 9110, 14.4)
      let range = easy?.header("Content-Range")?.split(separator: " ").last?.split(separator: "-")
      let start = range?.first.flatMap { Int64($0) }
      return request.offset > 0 && start == request.offset ? start : nil
    default: return 0
    }
  }

  /// Takes the end of one request.
  ///
  /// - Returns: whether the handle goes on, to where it was redirected.
  func complete(_ code: CURLcode) -> Bool {
    let status = easy?.number(CURLINFO_RESPONSE_CODE) ?? 0
    if failure == nil, !isCancelled, (301...308).contains(status),
      let next = easy?.text(CURLINFO_REDIRECT_URL)
    {
      do throws(TransferError) {
        try redirect(next)
        return true
      } catch {
        failure = error
      }
    }
    if failure == nil, !isCancelled, code == CURLE_OK, status < 300, response == nil {
      _ = start(status)
    }
    finish(outcome(code, status))
    return false
  }

  private func redirect(_ next: String) throws(TransferError) {
    redirects += 1
    guard redirects <= settings.redirectLimit else {
      throw TransferError(
        .redirectedTooOften, url: request.url,
        reason: "more than \(settings.redirectLimit) redirects")
    }
    guard let scheme = TransferURL.scheme(next), ["http", "https"].contains(scheme) else {
      throw TransferError(.badAddress, url: next, reason: "a server redirected to it")
    }
    // As curl does: a server that redirects within itself goes on to know who asks.
    url = TransferURL.carryingCredentials(next, of: url)
    discarded = 0
    try aim()
  }

  private func outcome(_ code: CURLcode, _ status: Int) -> Outcome {
    if isCancelled { return .failure(TransferError(.interrupted, url: request.url)) }
    if let failure { return .failure(failure) }
    if status >= 300 { return .failure(statusError(status)) }
    guard code == CURLE_OK, let response else {
      return .failure(
        TransferError(code, url: request.url, explanation: easy?.explanation(code)))
    }
    return .success(response)
  }

  private func statusError(_ status: Int) -> TransferError {
    let code: TransferError.Code =
      switch status {
      case 404, 410: .notFound
      case 401, 403, 407: .denied
      case 416: .rangeRefused
      case 408, 425, 429: .throttled
      case 500...: .serverFailed
      default: .refused
      }
    let wait = easy?.offset(CURLINFO_RETRY_AFTER) ?? 0
    return TransferError(
      code, url: request.url, status: status, retryAfter: wait > 0 ? Int(clamping: wait) : nil)
  }

  func finish(_ outcome: Outcome) {
    continuation?.resume(returning: outcome)
    continuation = nil
  }
}

extension TransferError {
  /// The failure that libcurl's status stands for.
  init(_ status: CURLcode, url: String, explanation: String?) {
    let code: Code =
      switch status {
      case CURLE_URL_MALFORMAT: .badAddress
      case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: .proxyFailed
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED,
        // Mostly a connection that was reset while it was being secured.
        CURLE_SSL_CONNECT_ERROR:
        .unreachable
      case CURLE_REMOTE_ACCESS_DENIED, CURLE_LOGIN_DENIED: .denied
      case CURLE_FILE_COULDNT_READ_FILE, CURLE_REMOTE_FILE_NOT_FOUND: .notFound
      case CURLE_OPERATION_TIMEDOUT: .stalled
      case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
        CURLE_HTTP2_STREAM:
        .cut
      case CURLE_RANGE_ERROR, CURLE_BAD_DOWNLOAD_RESUME: .rangeRefused
      case CURLE_TOO_MANY_REDIRECTS: .redirectedTooOften
      case CURLE_FILESIZE_EXCEEDED: .tooLarge
      // The scheme was looked at before: this is an answer that is not even HTTP/1.
      case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2,
        CURLE_BAD_CONTENT_ENCODING:
        .malformedReply
      case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
        CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
        CURLE_SSL_INVALIDCERTSTATUS:
        .insecure
      case CURLE_ABORTED_BY_CALLBACK: .interrupted
      default: .other
      }
    self.init(code, url: url, reason: explanation)
  }
}

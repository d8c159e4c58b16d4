internal import CCurl

/// One libcurl easy handle; every option's status is checked.
@safe struct EasyHandle: ~Copyable {
  struct Failure: Error { let code: CURLcode }

  let pointer: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>
  private var headers: UnsafeMutablePointer<curl_slist>?

  private init(_ pointer: UnsafeMutableRawPointer) {
    unsafe self.pointer = pointer
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    unsafe headers = nil
  }

  static func make() throws(Failure) -> EasyHandle {
    guard let pointer = unsafe curl_easy_init() else { throw Failure(code: CURLE_FAILED_INIT) }
    let handle = unsafe EasyHandle(pointer)
    try unsafe handle.check(
      ccurl_set_pointer(handle.pointer, CURLOPT_ERRORBUFFER, handle.errorText))
    return handle
  }

  deinit {
    unsafe curl_easy_cleanup(pointer)
    unsafe curl_slist_free_all(headers)
    unsafe errorText.deallocate()
  }

  func set(_ option: CURLoption, _ value: String?) throws(Failure) {
    try unsafe check(ccurl_set_text(pointer, option, value))
  }

  func set(_ option: CURLoption, _ value: Int) throws(Failure) {
    try unsafe check(ccurl_set_number(pointer, option, value))
  }

  func setReceiver(
    _ receiver: @escaping ccurl_receive, _ context: UnsafeMutableRawPointer
  ) throws(Failure) {
    try unsafe check(ccurl_set_receiver(pointer, receiver, context))
  }

  mutating func setHeaders(_ lines: [String]) throws(Failure) {
    for line in lines {
      guard let list = unsafe curl_slist_append(headers, line) else {
        throw Failure(code: CURLE_OUT_OF_MEMORY)
      }
      unsafe headers = list
    }
    try unsafe check(ccurl_set_list(pointer, CURLOPT_HTTPHEADER, headers))
  }

  func number(_ information: CURLINFO) -> Int {
    var value = 0
    return unsafe ccurl_get_number(pointer, information, &value) == CURLE_OK ? value : 0
  }

  func offset(_ information: CURLINFO) -> Int64 {
    var value: curl_off_t = 0
    return unsafe ccurl_get_offset(pointer, information, &value) == CURLE_OK ? Int64(value) : 0
  }

  func text(_ information: CURLINFO) -> String? {
    var value: UnsafeMutablePointer<CChar>?
    guard unsafe ccurl_get_text(pointer, information, &value) == CURLE_OK,
      let value = unsafe value
    else { return nil }
    return unsafe String(cString: value)
  }

  /// The value of the last response's header.
  func header(_ name: String) -> String? {
    var header: UnsafeMutablePointer<curl_header>?
    let code = unsafe curl_easy_header(pointer, name, 0, UInt32(CURLH_HEADER), -1, &header)
    guard code == CURLHE_OK, let header = unsafe header, let value = unsafe header.pointee.value
    else { return nil }
    return unsafe String(cString: value)
  }

  /// libcurl's words for the last failure, without the time that it took, so that tries that fail
  /// alike read alike.
  func explanation(_ code: CURLcode) -> String {
    let detail = unsafe String(cString: errorText)
      .replacing(#/ after [0-9]+ (ms|milliseconds)/#, with: "")
    return unsafe detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
  }

  private func check(_ code: CURLcode) throws(Failure) {
    guard code == CURLE_OK else { throw Failure(code: code) }
  }
}

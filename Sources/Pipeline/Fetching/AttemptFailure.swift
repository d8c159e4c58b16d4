internal import Content
internal import Diagnostics
internal import Store
internal import Transfers

/// Why one try at one mirror came to nothing.
enum AttemptFailure: Error, Hashable {
  case transfer(TransferError)
  case store(StoreError)
  /// The server announces another size, in bytes; perhaps since it sends a page in place of the file.
  case size(expected: Int64, announced: Int64, isPage: Bool)
  /// More bytes came, or were announced, than there may be of a file of unknown size.
  case unbounded(limit: Int64)
  /// The index's page is none, or does not have the file, or has it with another digest.
  case index(String)

  /// What the plan makes of it; nil where no mirror can help.
  func outcome(progressed: Bool, resumed: Bool) -> RetryPlan.Outcome? {
    switch self {
    case .transfer(let error):
      if isInterruption { return nil }
      if error.code == .rangeRefused { return .mismatch(resumed: resumed) }
      return error.isTemporary
        ? .temporary(retryAfter: error.retryAfter, progressed: progressed) : .absent
    case .store(let error):
      return [.sizeMismatch, .digestMismatch].contains(error.code)
        ? .mismatch(resumed: resumed) : nil
    case .size: return .mismatch(resumed: resumed)
    case .unbounded: return nil
    case .index: return .absent
    }
  }

  var reason: String {
    switch self {
    case .transfer(let error): Self.text(error.diagnostics.first.map { ($0.message, $0.reason) })
    case .store(let error): Self.text(error.diagnostics.first.map { ($0.message, $0.reason) })
    case .size(let expected, let announced, let isPage):
      "it has \(announced) bytes, not \(expected)"
        + (isPage ? ": a web page, as networks and proxies send to those who must log in" : "")
    case .unbounded(let limit): "it has more than \(ByteCount(limit))"
    case .index(let reason): reason
    }
  }

  /// What helps with just that; nil where it is what helps with any failure of a network.
  var remedy: String? {
    guard case .transfer(let error) = self,
      [.denied, .insecure, .proxyFailed, .badAddress].contains(error.code)
    else { return nil }
    return error.diagnostics.first?.remedy
  }

  /// Where it happened, without credentials; nil where that is no more than the mirror.
  var url: String? {
    guard case .transfer(let error) = self else { return nil }
    return error.url
  }

  var isInterruption: Bool {
    guard case .transfer(let error) = self else { return false }
    return error.code == .interrupted
  }

  /// Whether the mirror works and has no such file.
  var isAbsence: Bool {
    switch self {
    case .transfer(let error): error.code == .notFound
    case .index: true
    case .store, .size, .unbounded: false
    }
  }

  /// Whether the mirror itself seems to be down, so that others come first from now on.
  var isOutage: Bool {
    guard case .transfer(let error) = self else { return false }
    return [.unreachable, .stalled, .proxyFailed, .serverFailed].contains(error.code)
  }

  private static func text(_ parts: (String, String?)?) -> String {
    [parts?.0, parts?.1].compactMap(\.self).joined(separator: ": ")
  }
}

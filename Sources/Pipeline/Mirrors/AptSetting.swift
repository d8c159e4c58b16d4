internal import Transfers

/// One setting of apt, as `apt-config dump` prints it.
public struct AptSetting: Hashable, Sendable {
  /// Like `Acquire::http::Proxy`.
  public let name: String
  public let value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// What below `Acquire` says how this machine reaches archives. What apt trusts, and which
  /// indexes it takes, is not the machine's business.
  private static let wanted = [
    "http", "https", "Retries", "ForceIPv4", "ForceIPv6", "Check-Valid-Until", "Check-Date",
    "Max-ValidTime", "Min-ValidTime", "Max-FutureTime", "Queue-Mode", "By-Hash",
  ]

  /// The settings of a dump that say how to reach archives.
  static func reaching(dump: String) -> [AptSetting] {
    dump.split(separator: "\n").compactMap { line in
      // Acquire::http::Proxy "http://example.org:3142";
      guard let quote = line.firstIndex(of: "\""), line.hasSuffix("\";") else { return nil }
      let name = line[..<quote].split(separator: " ").first ?? ""
      let value = line[line.index(after: quote)...].dropLast(2)
      let parts = name.split(separator: "::", omittingEmptySubsequences: false)
      guard parts.count > 1, parts[0] == "Acquire", !value.isEmpty,
        wanted.contains(where: { $0.lowercased() == parts[1].lowercased() })
      else { return nil }
      return AptSetting(name: String(name), value: String(value))
    }
  }
}

extension [AptSetting] {
  /// apt's rule: the host's own proxy, then the scheme's, then http's for https; `DIRECT` is none.
  func proxy(url: String) -> TransferRequest.Proxy {
    guard let scheme = TransferURL.scheme(url), ["http", "https"].contains(scheme) else {
      return .direct
    }
    let host = TransferURL.host(url) ?? ""
    let schemes = scheme == "https" ? ["https", "http"] : ["http"]
    let names =
      schemes.map { "Acquire::\($0)::Proxy::\(host)" } + schemes.map { "Acquire::\($0)::Proxy" }
    for name in names {
      guard let value = value(name) else { continue }
      return value.uppercased() == "DIRECT" || value == "false" ? .direct : .through(value)
    }
    return .environment
  }

  /// The value of a setting; the last counts, and case does not.
  func value(_ name: String) -> String? {
    last { $0.name.lowercased() == name.lowercased() }?.value
  }
}

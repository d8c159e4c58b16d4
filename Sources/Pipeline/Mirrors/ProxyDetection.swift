internal import Commands
internal import Transfers

extension [AptSetting] {
  /// What the machine's `Proxy-Auto-Detect` says of each host of some URLs, as settings for those
  /// hosts: apt asks that program itself, kiln's own downloads find them here.
  func detectedProxies(
    for urls: [String], _ environment: [String: String]
  ) async throws(CommandError) -> [AptSetting] {
    var detected: [AptSetting] = []
    for server in Set(urls.compactMap(Self.server)).sorted() {
      guard let scheme = TransferURL.scheme(server), let host = TransferURL.host(server),
        let program = value("Acquire::\(scheme)::Proxy-Auto-Detect")
          ?? value("Acquire::\(scheme)::ProxyAutoDetect")
      else { continue }
      let name = "Acquire::\(scheme)::Proxy::\(host)"
      // What is set for a host is not asked for.
      guard value(name) == nil, !detected.contains(where: { $0.name == name }) else { continue }
      let output: String
      do throws(CommandError) {
        output = try await Command(program, [server], environment: environment).run().output
      } catch {
        if error.code == .interrupted { throw error }
        continue
      }
      let proxy = output.split(whereSeparator: \.isNewline).first?.filter { !$0.isWhitespace } ?? ""
      if proxy.uppercased() == "DIRECT" || TransferURL.scheme(proxy) != nil {
        detected.append(AptSetting(name: name, value: proxy))
      }
    }
    return detected
  }

  /// `http://example.org:80`, without credentials and path; nil for what no proxy is asked for.
  private static func server(_ url: String) -> String? {
    let url = TransferURL.separated(url)?.url ?? url
    guard ["http", "https"].contains(TransferURL.scheme(url)),
      let mark = url.firstRange(of: "://")
    else { return nil }
    return String(url[..<mark.upperBound] + url[mark.upperBound...].prefix { !"/?#".contains($0) })
  }
}

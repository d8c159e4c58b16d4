internal import Diagnostics
public import Transfers

/// Where this machine gets each named source of a lock from.
///
/// A lock names no host, so that it works behind any mirror; which one is the machine's business.
public struct Mirrors: Hashable, Sendable {
  /// The source of Python wheels.
  public static let python = "pypi"

  private let bases: [String: [String]]
  /// Settings of the machine's apt that a private apt needs too: proxies, time-outs, certificates.
  public let aptSettings: [AptSetting]
  /// The file that people can write mirrors into; named in errors.
  private let file: String

  /// - Parameter bases: base URLs of each source, in the order to try.
  public init(
    _ bases: [String: [String]], aptSettings: [AptSetting] = [],
    file: String = "~/.config/kiln/mirrors.yaml"
  ) {
    self.bases = bases.mapValues { $0.map(Self.trimmed) }
    self.aptSettings = aptSettings
    self.file = file
  }

  /// The base URLs of a source in the order to try, without trailing slash. They may carry
  /// credentials: not for showing.
  public func baseURLs(source: String) throws(MirrorError) -> [String] {
    guard let urls = bases[source], !urls.isEmpty else {
      throw MirrorError(.unknownSource, source, at: .init(file: file))
    }
    return urls
  }

  /// The proxy for a URL of a source: apt's where the source is an apt archive and apt has one.
  public func proxy(source: String, url: String) -> TransferRequest.Proxy {
    source == Self.python ? .environment : aptSettings.proxy(url: url)
  }

  /// The environment variable that names a source's mirrors.
  public static func variable(_ source: String) -> String {
    "KILN_MIRROR_"
      + String(source.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  private static func trimmed(_ url: String) -> String {
    String(url.reversed().drop { $0 == "/" }.reversed())
  }
}

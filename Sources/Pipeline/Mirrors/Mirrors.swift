internal import Diagnostics
public import Transfers

/// Where this machine gets each named source of a lock from.
///
/// A lock names no host, so that it works behind any mirror; which one is the machine's business.
public struct Mirrors: Hashable, Sendable {
  /// The source of Python wheels.
  public static let python = "pypi"

  private let bases: [String: [String]]
  /// Indexes beside that of ``python``, for the projects that it lacks. They may carry credentials:
  /// not for showing.
  public let extraIndexes: [String]
  private let snapshots: [String: [Snapshot]]
  /// Settings of the machine's apt that a private apt needs too: proxies, time-outs, certificates.
  public let aptSettings: [AptSetting]
  /// The file that people can write mirrors into; named in errors.
  private let file: String

  /// - Parameters:
  ///   - bases: base URLs of each source, in the order to try.
  ///   - extraIndexes: of Python's projects, beside that of ``python``.
  ///   - snapshots: where files of a source are that its mirrors dropped, in the order to try.
  public init(
    _ bases: [String: [String]], extraIndexes: [String] = [],
    snapshots: [String: [Snapshot]] = [:], aptSettings: [AptSetting] = [],
    file: String = "~/.config/kiln/mirrors.yaml"
  ) {
    self.bases = bases.mapValues { $0.map(Self.trimmed) }
    self.extraIndexes = extraIndexes.map(Self.trimmed)
    self.snapshots = snapshots
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

  /// The base URLs under which a file of a source may be; its digest tells whether it is.
  public func fileURLs(source: String) throws(MirrorError) -> [String] {
    try baseURLs(source: source) + (source == Self.python ? extraIndexes : [])
  }

  /// Where to look for a file of a source that no mirror has any longer.
  public func snapshots(source: String) -> [Snapshot] { snapshots[source] ?? [] }

  /// The proxy for a URL of a source: apt's where the source is an apt archive and apt has one.
  public func proxy(source: String, url: String) -> TransferRequest.Proxy {
    source == Self.python ? .environment : aptSettings.proxy(url: url)
  }

  /// The environment variable that names a source's mirrors.
  public static func variable(_ source: String) -> String { mirrorPrefix + suffix(source) }

  /// The environment variable that names a source's snapshots.
  public static func snapshotVariable(_ source: String) -> String {
    snapshotPrefix + suffix(source)
  }

  static let mirrorPrefix = "KILN_MIRROR_"
  static let snapshotPrefix = "KILN_SNAPSHOT_"

  private static func suffix(_ source: String) -> String {
    String(source.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  static func trimmed(_ url: String) -> String {
    String(url.reversed().drop { $0 == "/" }.reversed())
  }
}

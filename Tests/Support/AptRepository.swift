internal import Content
internal import Digests
internal import FileSystem
public import SystemPackage

/// A signed apt repository that a test makes in a folder: serve it by HTTP or use `file:` URIs.
public struct AptRepository: Sendable {
  /// What one `dists/<suite>` says and holds.
  public struct Suite: Hashable, Sendable {
    /// The folder below `dists`, like `trixie` or `bullseye-security`.
    public var suite: String
    public var codename: String
    public var origin: String
    public var architectures: [String]
    /// Component → packages.
    public var components: [String: [TestDeb]]
    /// Seconds since 1970, whole days apart from now or apt complains about a future date.
    public var date: Int64
    /// The date after which apt refuses the suite; nil is for ever.
    public var validUntil: Int64?

    public init(
      suite: String, codename: String? = nil, origin: String = "Debian",
      architectures: [String] = ["amd64"], components: [String: [TestDeb]],
      date: Int64 = 1_700_000_000, validUntil: Int64? = nil
    ) {
      self.suite = suite
      self.codename = codename ?? suite
      self.origin = origin
      self.architectures = architectures
      self.components = components
      self.date = date
      self.validUntil = validUntil
    }
  }

  /// The folder that holds `dists` and `pool`.
  public let root: FilePath
  public let key: AptRepositoryKey

  public init(root: FilePath, key: AptRepositoryKey) {
    self.root = root
    self.key = key
  }

  /// Builds the packages, writes the indexes and signs the Release file; replaces the suite where
  /// it is there already.
  ///
  /// - Parameter signer: another key than the repository's; the suite is then badly signed.
  public func publish(_ suite: Suite, signer: AptRepositoryKey? = nil) async throws {
    let folder = self.folder(suite.suite)
    try Files.removeTree(folder)
    try Files.makeDirectories(folder)
    var indexes: [(path: String, content: [UInt8])] = []
    for (component, debs) in suite.components.sorted(by: { $0.key < $1.key }) {
      let stanzas = try await self.stanzas(debs, component)
      for architecture in suite.architectures {
        let text = stanzas.filter { ["all", architecture].contains($0.architecture) }
          .map(\.text).joined(separator: "\n")
        let path = "\(component)/binary-\(architecture)/Packages"
        try Files.makeDirectories(folder.appending(path).removingLastComponent())
        try Files.write(text, to: folder.appending(path))
        indexes.append((path, Array(text.utf8)))
      }
    }
    try await (signer ?? key).clearSign(
      release(suite, indexes), to: folder.appending("InRelease"))
  }

  /// Changes an index behind its Release file's back, as a mirror in the middle of its update does.
  public func tamper(suite: String, component: String, architecture: String = "amd64") throws {
    let path = folder(suite).appending("\(component)/binary-\(architecture)/Packages")
    try Files.write(try Files.readText(path) + "\n", to: path)
  }

  /// The path of a published package relative to ``root``.
  public static func poolPath(_ deb: TestDeb, component: String = "main") -> String {
    "pool/\(component)/\(deb.name.prefix(1))/\(deb.name)/\(deb.fileName)"
  }

  private func folder(_ suite: String) -> FilePath { root.appending("dists/\(suite)") }

  private func stanzas(
    _ debs: [TestDeb], _ component: String
  ) async throws -> [(architecture: String, text: String)] {
    var stanzas: [(String, String)] = []
    for deb in debs {
      let path = Self.poolPath(deb, component: component)
      let target = root.appending(path)
      if !Files.exists(target) {
        _ = try await deb.build(in: target.removingLastComponent())
      }
      let bytes = try Files.read(target)
      stanzas.append(
        (
          deb.architecture,
          deb.stanza
            + "Filename: \(path)\nSize: \(bytes.count)\nSHA256: \(SHA256Digest(of: bytes))\n"
        ))
    }
    return stanzas
  }

  private func release(_ suite: Suite, _ indexes: [(path: String, content: [UInt8])]) -> String {
    var text = """
      Origin: \(suite.origin)
      Label: \(suite.origin)
      Suite: \(suite.suite)
      Codename: \(suite.codename)
      Date: \(Self.date(suite.date))
      Architectures: \(suite.architectures.joined(separator: " "))
      Components: \(suite.components.keys.sorted().joined(separator: " "))

      """
    if let validUntil = suite.validUntil { text += "Valid-Until: \(Self.date(validUntil))\n" }
    text += "SHA256:\n"
    for (path, content) in indexes {
      text += " \(SHA256Digest(of: content)) \(content.count) \(path)\n"
    }
    return text
  }

  /// A date as Release files have it (RFC 5322), in UTC.
  public static func date(_ seconds: Int64) -> String {
    let days = seconds / 86_400
    let rest = seconds % 86_400
    guard let date = CivilDate(daysSinceEpoch: days) else { return "" }
    let names = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let two = { (number: Int64) in number < 10 ? "0\(number)" : "\(number)" }
    return "\(weekdays[Int(days % 7)]), \(two(date.day)) \(names[Int(date.month - 1)]) "
      + "\(date.year) \(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) UTC"
  }
}

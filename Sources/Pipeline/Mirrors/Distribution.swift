/// A distribution whose archive kiln knows by name, and how to tell its entries in apt's sources
/// from those of others.
struct Distribution: Hashable, Sendable {
  /// Also the source's name; `<name>-security` is the other one.
  let name: String
  let components: Set<String>
  /// Part of the name of the archive's keyring.
  let keyring: String

  static let known = [
    Distribution(
      name: "debian", components: ["main", "contrib", "non-free", "non-free-firmware"],
      keyring: "debian-archive"),
    Distribution(
      name: "ubuntu", components: ["main", "restricted", "universe", "multiverse"],
      keyring: "ubuntu-archive"),
  ]

  /// How sure an entry is this distribution's: the smaller the surer; nil for another's.
  ///
  /// The signing key says it best. Without one the path does, as in `http://example.org/debian`;
  /// and an entry of the host's own release with the distribution's components is at least likely.
  func doubt(_ archive: AptArchive, host: HostRelease) -> Int? {
    guard !archive.components.isEmpty, components.isSuperset(of: archive.components),
      let suite = Self.suite(archive.suite)
    else { return nil }
    let isHosts = host.id == name && suite.base == host.codename
    if let key = archive.signedBy, !key.contains("BEGIN PGP") {
      return key.contains(keyring) ? (isHosts ? 0 : 1) : nil
    }
    let path = archive.uri.split(separator: "/").dropFirst(2)
    if path.contains(where: { $0.lowercased().hasPrefix(name) }) { return isHosts ? 2 : 3 }
    return isHosts ? 4 : nil
  }

  /// What a suite's name says: `bookworm-security` and the older `buster/updates` are security
  /// archives; `bookworm-updates` and its like lie in the main one; `bookworm-pgdg` is another's.
  static func suite(_ name: String) -> (base: Substring, isSecurity: Bool)? {
    for ending in ["-security", "/updates"] where name.hasSuffix(ending) {
      return (name.dropLast(ending.count), true)
    }
    let endings = ["-updates", "-backports", "-backports-sloppy", "-proposed", "-proposed-updates"]
    for ending in endings where name.hasSuffix(ending) {
      return (name.dropLast(ending.count), false)
    }
    return name.contains("-") || name.contains("/") ? nil : (name[...], false)
  }

  /// Base URLs by source, the surest first.
  static func bases(_ archives: [AptArchive], host: HostRelease) -> [String: [String]] {
    var found: [String: [(doubt: Int, uri: String)]] = [:]
    for archive in archives {
      let candidates = known.compactMap { distribution in
        distribution.doubt(archive, host: host).map { (doubt: $0, name: distribution.name) }
      }
      guard let best = candidates.min(by: { $0.doubt < $1.doubt }),
        let suite = suite(archive.suite)
      else { continue }
      let source = suite.isSecurity ? best.name + "-security" : best.name
      found[source, default: []].append((best.doubt, archive.uri))
    }
    var bases = found.mapValues { entries in
      entries.enumerated().sorted { ($0.element.doubt, $0.offset) < ($1.element.doubt, $1.offset) }
        .map(\.element.uri).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    }
    // Ubuntu's main archive carries its security suites too; Debian's does not.
    bases["ubuntu-security"] = bases["ubuntu-security"] ?? bases["ubuntu"]
    return bases
  }
}

/// What `/etc/os-release` says of the host.
struct HostRelease: Hashable, Sendable {
  var id = ""
  var codename = ""

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let value = String(parts[1].filter { $0 != "\"" && $0 != "'" })
      if parts[0] == "ID" { id = value }
      if parts[0] == "VERSION_CODENAME" { codename = value }
    }
  }
}

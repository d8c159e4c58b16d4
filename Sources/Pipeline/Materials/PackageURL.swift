internal import Content
internal import Digests
internal import Locks

/// Package URLs: names of packages that tools of every ecosystem understand.
///
/// Source: the specification of package-url with its types `deb`, `pypi` and `generic`. `upstream`
/// is how scanners of vulnerabilities are told the source package, by whose name Debian's tracker
/// lists them.
enum PackageURL {
  /// - Parameter suite: of the distribution, for its packages.
  static func text(_ material: Material, suite: String?) -> String {
    let artifact = material.artifact
    let name = encoded(artifact.name.lowercased())
    let version = artifact.version.isEmpty ? "" : "@" + encoded(artifact.version)
    switch artifact.kind {
    case .package:
      // The sources `debian` and `debian-security` are one vendor.
      let vendor = artifact.source.split(separator: "-").first.map(String.init) ?? artifact.source
      var qualifiers = [("arch", artifact.architecture?.rawValue ?? "all")]
      if let suite, artifact.source != "recipe" { qualifiers.append(("distro", suite)) }
      if let source = material.source, source.name != artifact.name {
        let version = source.version == artifact.version ? "" : "@\(source.version)"
        qualifiers.append(("upstream", source.name + version))
      }
      return "pkg:deb/\(encoded(vendor.lowercased()))/\(name)\(version)" + text(qualifiers)
    case .archive where !artifact.fileName.hasSuffix(".whl"), .base:
      return "pkg:generic/\(name)\(version)"
        + text([("checksum", "sha256:\(artifact.sha256.hex)")])
    case .archive:
      // Two addresses may have different files of one name.
      return "pkg:pypi/\(name)\(version)"
        + text([("checksum", "sha256:\(artifact.sha256.hex)"), ("file_name", artifact.fileName)])
    case .wheel: return "pkg:pypi/\(name)\(version)" + text([("file_name", artifact.fileName)])
    }
  }

  private static func text(_ qualifiers: [(String, String)]) -> String {
    "?" + qualifiers.map { "\($0)=\(encoded($1))" }.joined(separator: "&")
  }

  private static func encoded(_ text: String) -> String { Percent.encoded(text, keeping: ":") }
}

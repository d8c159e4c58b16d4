import Content
import Digests
import Locks
import Materials

/// A bill with everything that one can say.
enum SampleBill {
  static func artifact(
    _ kind: Artifact.Kind, _ name: String, _ version: String, architecture: Architecture? = nil,
    source: String = "debian", dependencies: [String] = []
  ) -> Artifact {
    Artifact(
      kind: kind, name: name, version: version, architecture: architecture, size: 7,
      sha256: SHA256Digest(ofText: name), source: source,
      path: "pool/\(name)_\(version).\(kind == .wheel ? "whl" : "deb")",
      dependencies: dependencies)
  }

  static let packages = [
    Material(
      artifact(
        .package, "bash", "5.2.37-2+b10", architecture: .amd64, dependencies: ["libstdc++6"]),
      isRequested: true,
      source: .init(
        field: "bash (5.2.37-2)",
        of: artifact(.package, "bash", "5.2.37-2+b10")),
      licenceFiles: ["/usr/share/doc/bash/copyright"],
      supplier: "Matthias Klose <doko@debian.org>", homepage: "http://example.org/bash"),
    Material(
      artifact(
        .package, "libstdc++6", "1:14.2.0-19", architecture: .amd64, source: "debian-security"),
      isRequested: false, source: .init(name: "gcc-14", version: "14.2.0-19")),
    Material(artifact(.package, "tool", "1.0", source: "recipe"), isRequested: true),
  ]

  /// Two of one name from different addresses, and one that is installed as a wheel as well.
  static let archives = ["one", "two"].flatMap { place in
    ["tool.tar.gz", "tool-1.0-py3-none-any.whl"].map { name in
      Material(archive(name, at: place), isRequested: true)
    }
  }

  private static func archive(_ name: String, at place: String) -> Artifact {
    Artifact(
      kind: .archive, name: name, version: "1.0", architecture: nil, size: 7,
      sha256: SHA256Digest(ofText: place + name), source: "recipe",
      path: "https://example.org/\(place)/\(name)")
  }

  static let wheels = [
    Material(
      artifact(
        .wheel, "numpy", "2.5.5", architecture: .amd64, source: "pypi", dependencies: ["odd-one"]),
      isRequested: true, licence: .expression("BSD-3-Clause AND (MIT OR LicenseRef-Own)"),
      licenceFiles: ["/opt/ml/LICENSE"], supplier: "Team"),
    Material(
      artifact(.wheel, "odd-one", "1.0", source: "pypi"), isRequested: false,
      licence: .text("My \"own\" licence\nwith <a second> line")),
  ]

  static let files = [
    file("/etc/motd", Origin(.file, name: "/etc/motd")),
    file("/opt/ü b", Origin(.step, name: "make it")),
    file("/usr/bin/tool", Origin(.file, name: "/usr/bin/tool"), link: "/opt/tool"),
  ]

  static func file(_ path: String, _ origin: Origin, link: String? = nil) -> AddedFile {
    var sha1 = HasherSHA1()
    sha1.update(Array(path.utf8))
    return AddedFile(
      path: path, origin: origin, sha256: SHA256Digest(ofText: path), sha1: sha1.finish(),
      link: link)
  }

  static let image = BillOfMaterials.Image(
    file: "sample.wsl", sha256: SHA256Digest(ofText: "image"))

  static let bill = BillOfMaterials(
    name: "sample", description: "A sample", tool: "kiln 1.2.3", sourceDateEpoch: 1_700_000_000,
    suite: "trixie", image: image, materials: packages + wheels + archives, files: files)

  /// As it is for a recipe over a tarball, inside the image, with nothing added.
  static let bare = BillOfMaterials(
    name: "bare", description: "", tool: "kiln 1.2.3", sourceDateEpoch: 0,
    materials: [
      Material(artifact(.base, "base.tar.gz", "", source: "recipe"), isRequested: true)
    ])
}

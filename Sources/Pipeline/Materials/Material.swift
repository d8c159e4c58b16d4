public import Locks

/// Something that was fetched for an image, with what its own metadata says of it.
public struct Material: Hashable, Sendable {
  /// The source package that a Debian package was built from.
  public struct Source: Hashable, Sendable {
    public let name: String
    public let version: String

    public init(name: String, version: String) {
      self.name = name
      self.version = version
    }
  }

  public enum Licence: Hashable, Sendable {
    /// An SPDX licence expression, as the authors wrote it.
    case expression(String)
    /// What the authors wrote where they wrote no expression: a name, or a whole text.
    case text(String)
  }

  public let artifact: Artifact
  /// Whether the recipe itself asks for it; else something else needs it.
  public let isRequested: Bool
  /// Of a Debian package.
  public let source: Source?
  /// Of a wheel; Debian packages say it in their ``licenceFiles``.
  public let licence: Licence?
  /// Absolute, in the image.
  public let licenceFiles: [String]
  /// Who maintains it: a name, most often with an address.
  public let supplier: String?
  public let homepage: String?

  public init(
    _ artifact: Artifact, isRequested: Bool, source: Source? = nil, licence: Licence? = nil,
    licenceFiles: [String] = [], supplier: String? = nil, homepage: String? = nil
  ) {
    self.artifact = artifact
    self.isRequested = isRequested
    self.source = source
    self.licence = licence
    self.licenceFiles = licenceFiles
    self.supplier = supplier
    self.homepage = homepage
  }
}

extension Material.Source {
  /// The source of a package by its `Source` field: `glibc`, or `glibc (2.41-12)` where the versions
  /// differ (deb-control(5)). Without the field it is the package itself.
  public init(field: String?, of package: Artifact) {
    let words = (field ?? "").split { $0 == " " || $0 == "(" || $0 == ")" }.map(String.init)
    name = words.first ?? package.name
    version = words.count > 1 ? words[1] : package.version
  }
}

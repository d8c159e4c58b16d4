internal import Content

/// A package as a recipe asks apt for it: `name`, `name:architecture`, either with `=version` or
/// `/suite`.
public struct PackageRequest: Hashable, Sendable {
  public let name: String
  /// As Debian names it; nil is the image's own.
  public let architecture: String?

  public init(_ text: String) {
    let parts = text.prefix { !"=/".contains($0) }.split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    name = String(parts[0])
    architecture = parts.count > 1 ? String(parts[1]) : nil
  }
}

extension Recipe {
  public var packageRequests: [PackageRequest] { packages.map(PackageRequest.init) }

  /// Whether the recipe names a package for the image's architecture, of whatever version.
  public func asks(for name: String) -> Bool {
    packageRequests.contains { $0.name == name && isOwn($0) }
  }

  /// Whether a request is for the image's own architecture, said or not.
  func isOwn(_ request: PackageRequest) -> Bool {
    request.architecture.map { $0 == architecture.rawValue } ?? true
  }
}

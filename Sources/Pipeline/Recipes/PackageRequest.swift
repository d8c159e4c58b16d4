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
}

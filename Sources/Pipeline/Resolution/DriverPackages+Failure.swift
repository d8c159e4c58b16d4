internal import Content

extension DriverPackages {
  /// The failure of a set that holds such a package; nil where it holds none.
  ///
  /// - Parameter requested: what the recipe asks for.
  static func failure(in graph: PackageGraph, requested: [String]) -> ResolutionError? {
    let found = graph.dependencies.keys.filter(contains).sorted()
    let chains = found.compactMap { graph.chain(from: requested, to: $0) ?? [$0] }
    guard let shortest = chains.min(by: { $0.count < $1.count }), let first = shortest.first else {
      return nil
    }
    return failure(first, chain: shortest)
  }

  static func failure(_ package: String, chain: [String]) -> ResolutionError {
    let remedy =
      package.hasPrefix("cuda")
      ? "ask for `cuda-toolkit-…` or for single libraries in place of `\(package)`: they do not "
        + "bring the driver"
      : "remove `\(package)`: in WSL the driver is the Windows host's, at /usr/lib/wsl/lib"
    return ResolutionError(
      .driver, "the package \(package)",
      reason: chain.count > 1 ? chain.joined(separator: " → ") : "it is the driver", remedy: remedy)
  }
}

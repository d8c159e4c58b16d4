/// Packages that carry NVIDIA's Linux driver, or its user-space half.
///
/// In WSL the driver is the Windows host's: `libcuda.so` and its kin are mounted at
/// `/usr/lib/wsl/lib`. A second one in the image shadows it, and CUDA then finds no device.
public enum DriverPackages {
  /// Whether a package of this name must never be in an image.
  public static func contains(_ name: String) -> Bool {
    if exact.contains(name) { return true }
    if prefixes.contains(where: name.hasPrefix) { return true }
    // `cuda-12-9` and `cuda-runtime-12-9` bring the driver, `cuda-toolkit-12-9` does not.
    let parts = name.split(separator: "-")
    let versioned = parts.count == 3 && parts[0] == "cuda" && parts.dropFirst().allSatisfy(isNumber)
    return versioned || name.hasPrefix("nvidia-legacy-") && name.hasSuffix("-driver")
  }

  private static func isNumber(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private static let exact: Set<String> = [
    "cuda", "libcuda1", "libcuda1-i386", "nvidia-driver", "nvidia-open", "nvidia-smi",
    "libnvidia-ml1", "libnvcuvid1", "libnvidia-encode1", "libnvidia-ptxjitcompiler1",
    "xserver-xorg-video-nvidia",
  ]

  private static let prefixes = [
    "cuda-compat-", "cuda-drivers", "libcuda1-", "libnvidia-compute-", "libnvidia-decode-",
    "libnvidia-encode-", "libnvidia-gl-", "nvidia-compute-utils-", "nvidia-dkms-",
    "nvidia-driver-", "nvidia-headless-", "nvidia-kernel-", "nvidia-open-",
    "nvidia-utils-", "xserver-xorg-video-nvidia-",
  ]
}

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

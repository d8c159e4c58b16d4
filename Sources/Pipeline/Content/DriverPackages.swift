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
    let version = parts.drop { $0 == "cuda" || $0 == "runtime" }
    let isVersioned = parts.first == "cuda" && !version.isEmpty && version.allSatisfy(isNumber)
    return isVersioned || name.hasPrefix("nvidia-legacy-") && name.hasSuffix("-driver")
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

/// The oldest NVIDIA driver that a version of CUDA runs on.
public struct DriverRequirement: Hashable, Codable, Sendable {
  /// `12`; before CUDA 11 with the minor version, `10.2`.
  public let cuda: String
  public let linux: String
  /// What a user of WSL has to look at.
  public let windows: String

  /// From 11 on, one driver runs every minor version of CUDA: NVIDIA, "CUDA Compatibility", minor
  /// version compatibility, tables 1 and 2, and the CUDA release notes, "Minimum Required Driver
  /// Version". What a driver compiles from PTX is an exception: it must know the PTX's own version.
  static let table: [DriverRequirement] = [
    .init(cuda: "13", linux: "580", windows: "580"),
    .init(cuda: "12", linux: "525.60.13", windows: "528.33"),
    .init(cuda: "11", linux: "450.80.02", windows: "452.39"),
    .init(cuda: "10.2", linux: "440.33", windows: "441.22"),
    .init(cuda: "10.1", linux: "418.39", windows: "418.96"),
    .init(cuda: "10.0", linux: "410.48", windows: "411.31"),
  ]

  /// The version of CUDA that a library is part of, by its name for the loader.
  ///
  /// - Returns: nil for others: `libcufft.so.11` is part of CUDA 12.
  static func cuda(ofLibrary soname: String) -> String? {
    guard let split = soname.firstRange(of: ".so.") else { return nil }
    // Wheels of other projects carry copies with a hash in the name: `libcudart-d0da41ae.so.11.0`.
    let stem = soname[..<split.lowerBound].prefix { $0 != "-" }
    let versioned = ["libcudart", "libcublas", "libcublasLt", "libnvrtc", "libnvJitLink"]
    guard versioned.contains(String(stem)) else { return nil }
    let version = soname[split.upperBound...].split(separator: ".")
    guard let first = version.first, let major = Int(first) else { return nil }
    guard major < 11 else { return "\(major)" }
    return stem == "libcudart" && version.count > 1 ? "\(major).\(version[1])" : nil
  }

  /// The newest of several requirements.
  ///
  /// - Parameter versions: of CUDA, as ``cuda(ofLibrary:)`` has them.
  init?(_ versions: Set<String>) {
    guard let found = Self.table.first(where: { versions.contains($0.cuda) }) else { return nil }
    self = found
  }

  private init(cuda: String, linux: String, windows: String) {
    self.cuda = cuda
    self.linux = linux
    self.windows = windows
  }
}

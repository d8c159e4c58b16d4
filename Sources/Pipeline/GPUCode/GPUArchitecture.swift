/// A generation of NVIDIA GPUs by its compute capability: `sm_86` is 8.6.
public struct GPUArchitecture: Hashable, Sendable {
  /// For which of the generation's relatives code was made.
  public enum Variant: String, Hashable, Sendable, CaseIterable {
    /// For every later minor version too.
    case portable = ""
    /// `sm_100f`: uses what a family has in common, and runs on its later members too.
    case family = "f"
    /// `sm_90a`: uses what only this one has.
    case specific = "a"
  }

  /// Ten times the compute capability, as compilers write it.
  public let number: UInt32
  public let variant: Variant

  public init(_ number: UInt32, _ variant: Variant = .portable) {
    self.number = number
    self.variant = variant
  }

  /// Reads `sm_86` or `compute_90a`.
  public init?(_ text: some StringProtocol) {
    guard let prefix = ["sm_", "compute_"].first(where: { text.hasPrefix($0) }) else { return nil }
    let rest = text.dropFirst(prefix.count)
    let digits = rest.prefix { ("0"..."9").contains($0) }
    guard let number = UInt32(digits),
      let variant = Variant(rawValue: String(rest[digits.endIndex...]))
    else { return nil }
    self.init(number, variant)
  }

  public var major: UInt32 { number / 10 }
  public var minor: UInt32 { number % 10 }

  /// The name of an intermediate language for it, as compilers write it.
  public var virtualName: String { "compute_\(number)\(variant.rawValue)" }

  /// Whether machine code for this architecture runs on a GPU of `device`.
  ///
  /// Binary compatibility is NVIDIA's: within a major version, from a minor version to later ones
  /// (CUDA C++ Programming Guide, "Binary Compatibility"). Integrated GPUs (7.2, 8.7, 10.1) are
  /// exceptions to it that no WSL has.
  func runs(on device: GPUArchitecture) -> Bool {
    guard device.variant == .portable else { return self == device }
    return variant == .specific
      ? number == device.number : major == device.major && minor <= device.minor
  }

  /// Whether a driver can make machine code for `device` from PTX for this architecture.
  func compiles(for device: GPUArchitecture) -> Bool {
    guard device.variant == .portable else { return self == device }
    return variant == .portable ? number <= device.number : runs(on: device)
  }
}

extension GPUArchitecture: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    (left.number, left.variant.rawValue) < (right.number, right.variant.rawValue)
  }
}

extension GPUArchitecture: CustomStringConvertible {
  public var description: String { "sm_\(number)\(variant.rawValue)" }
}

extension GPUArchitecture: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let architecture = GPUArchitecture(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is no GPU architecture")
    }
    self = architecture
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

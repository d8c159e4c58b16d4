/// A machine architecture that an image can be made for, named as Debian names it.
public enum Architecture: String, Hashable, Codable, Sendable, CaseIterable {
  case amd64
  case arm64

  /// The name in GNU triplets, in wheel tags and of `uname -m`.
  public var machine: String {
    switch self {
    case .amd64: "x86_64"
    case .arm64: "aarch64"
    }
  }

  /// `e_machine` of its ELF files.
  public var elfMachine: UInt16 {
    switch self {
    case .amd64: 62
    case .arm64: 183
    }
  }

  /// Debian's multiarch folder name below `/usr/lib`.
  public var multiarch: String { "\(machine)-linux-gnu" }
}

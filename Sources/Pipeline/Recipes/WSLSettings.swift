/// The `wsl` section of a recipe.
public struct WSLSettings: Hashable, Sendable {
  /// How people install the image: each is a file of its own.
  public enum Flavour: String, Hashable, Codable, Sendable, CaseIterable {
    /// `<name>.tar.gz` for `wsl --import`: the recipe's user is made, and is the default user.
    case importing = "import"
    /// `<name>.wsl` for `wsl --install --from-file` and a double-click: the out-of-box script
    /// makes the user.
    case fromFile = "from-file"
  }

  /// A value of WSL's own configuration files, in which everything is text.
  public enum Value: Hashable, Sendable {
    case boolean(Bool)
    case integer(Int)
    case text(String)
  }

  /// Section and key in order, as in the recipe.
  public typealias Configuration = [String: [String: Value]]

  public var install: [Flavour]
  /// `/etc/wsl.conf`: section → key → value.
  public var conf: Configuration
  /// `/etc/wsl-distribution.conf`: section → key → value. `shortcut.icon` and
  /// `windowsterminal.profileTemplate` that are relative name files of the recipe's folder.
  public var distribution: Configuration

  /// Whether WSL registers a distribution by this name (`LxssUserSession.cpp` of microsoft/WSL).
  public static func isDistributionName(_ name: String) -> Bool {
    let isPlain = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "._-".utf8.contains(byte)
    }
    return isPlain && (1...256).contains(name.utf8.count) && name.lowercased() != "legacy"
  }

  public init(install: [Flavour], conf: Configuration, distribution: Configuration) {
    self.install = install
    self.conf = conf
    self.distribution = distribution
  }
}

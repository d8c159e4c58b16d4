/// Who put a path into the image.
public struct Origin: Hashable, Codable, Sendable, Comparable {
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    /// A Debian package's own file, or its entry in dpkg's database.
    case package
    /// A file of an installed wheel.
    case wheel
    /// What maintainer scripts made or changed.
    case configuration
    /// What making the virtual environment and compiling byte code left.
    case python
    /// The recipe's `files`.
    case file
    /// A file that the recipe's `files` take out of an archive.
    case archive
    /// The recipe's users.
    case user
    /// The recipe's `wsl` section and what WSL needs in any image.
    case wsl
    /// `gpu-smoke-test` and its settings.
    case smokeTest = "smoke-test"
    /// A `run` step.
    case step
    /// A base tarball.
    case base
    /// The bill of materials that kiln puts into every image.
    case materials
  }

  public let kind: Kind
  /// The package, wheel, file or step; empty where the kind says all.
  public let name: String
  /// Empty where there is none.
  public let version: String

  public init(_ kind: Kind, name: String = "", version: String = "") {
    self.kind = kind
    self.name = name
    self.version = version
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.kind.rawValue, left.name, left.version)
      < (right.kind.rawValue, right.name, right.version)
  }
}

import Platform

/// A version of CUDA or of a device, major and minor.
public struct Version: Hashable, Sendable, Comparable {
  public let major: Int
  public let minor: Int

  public init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// - Parameter encoded: 1000 · major + 10 · minor.
  init(encoded: Int) { self.init(encoded / 1000, encoded % 1000 / 10) }

  public var text: String { "\(major).\(minor)" }

  public static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// Whether a program built for this version runs on a driver for `driver`: since CUDA 11 any
  /// minor version of the same major one does ("minor version compatibility"), before it the
  /// driver has to be as new.
  func runs(on driver: Version) -> Bool {
    major >= 11 ? driver.major >= major : driver >= self
  }

  /// The oldest driver for this major version: NVIDIA's "CUDA Compatibility", table 1, and the release
  /// notes of each first version.
  var minimumDriver: String? {
    switch major {
    case 11: "450.80.02"
    case 12: "525.60.13"
    case 13: "580"
    default: nil
    }
  }
}

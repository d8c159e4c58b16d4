internal import Content

/// The interpreter and the C library that wheels must fit.
struct PythonTarget: Hashable, Sendable {
  /// The minor version of Python 3.
  let minor: Int
  /// The minor version of glibc 2.
  let glibc: Int
  let architecture: Architecture

  init(minor: Int, glibc: Int, architecture: Architecture) {
    self.minor = minor
    self.glibc = glibc
    self.architecture = architecture
  }

  /// Of the image that these packages make.
  ///
  /// - Parameter subject: what of the recipe asks for Python.
  init(
    _ packages: AptPackages, architecture: Architecture, for subject: String
  ) throws(ResolutionError) {
    let python = ["python3", "python3-minimal", "libpython3-stdlib"].lazy
      .compactMap { packages.version($0) }.first
    guard let minor = python.flatMap({ Self.minor($0, major: 3) }) else {
      throw ResolutionError(
        .pythonMissing, subject,
        reason: "no package of the recipe brings the package python3",
        remedy: "add `python3-venv` to `packages`")
    }
    guard let glibc = packages.version("libc6").flatMap({ Self.minor($0, major: 2) }) else {
      throw ResolutionError(.pythonMissing, "wheels", reason: "the image has no glibc (libc6)")
    }
    self.init(minor: minor, glibc: glibc, architecture: architecture)
  }

  /// `1:3.13.5-1` → 13
  private static func minor(_ version: String, major: Int) -> Int? {
    let upstream = version.split(separator: ":").last ?? ""
    let parts = upstream.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    return parts.count == 2 && parts[0] == major ? parts[1] : nil
  }

  /// Like `3.13`.
  var version: String { "3.\(minor)" }

  /// uv's name of the platform: the newest glibc that uv has a name for (0.13 has these) and that
  /// is not newer than the image's.
  var platform: String {
    let named = [17, 28] + Array(31...40)
    return "\(architecture.machine)-manylinux_2_\(named.last { $0 <= glibc } ?? 17)"
  }
}

internal import Content

/// The interpreter and the C library that wheels must fit.
struct PythonTarget: Hashable, Sendable {
  /// The minor version of Python 3.
  let minor: Int
  /// The number behind it: some wheels, and requirements of some, are for one side of a bug's mend.
  let patch: Int
  /// The minor version of glibc 2.
  let glibc: Int
  let architecture: Architecture

  init(minor: Int, patch: Int = 0, glibc: Int, architecture: Architecture) {
    self.minor = minor
    self.patch = patch
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
    guard let named = python.flatMap({ Self.release($0, major: 3) }) else {
      throw ResolutionError(
        .pythonMissing, subject,
        reason: "no package of the recipe brings the package python3",
        remedy: "add `python3-venv` to `packages`")
    }
    guard let glibc = packages.version("libc6").flatMap({ Self.release($0, major: 2) }) else {
      throw ResolutionError(.pythonMissing, "wheels", reason: "the image has no glibc (libc6)")
    }
    // python3 only says which one is the default; the interpreter has a package of its own, which
    // security updates change alone.
    let interpreter = ["python3.\(named.minor)-minimal", "python3.\(named.minor)"].lazy
      .compactMap { packages.version($0) }.compactMap { Self.release($0, major: 3) }
      .first { $0.minor == named.minor }
    self.init(
      minor: named.minor, patch: (interpreter ?? named).patch, glibc: glibc.minor,
      architecture: architecture)
  }

  /// `1:3.13.5-1` → 13 and 5
  private static func release(_ version: String, major: Int) -> (minor: Int, patch: Int)? {
    let upstream = (version.split(separator: ":").last ?? "").prefix { $0 != "-" && $0 != "~" }
    let parts = upstream.split { !$0.isNumber }.prefix(3).compactMap { Int($0) }
    guard parts.count > 1, parts[0] == major else { return nil }
    return (parts[1], parts.count > 2 ? parts[2] : 0)
  }

  /// Like `3.13`.
  var version: String { "3.\(minor)" }

  /// The interpreter's own ABI, as wheels name it. Up to Python 3.7 it told the allocator, which
  /// Debian and Ubuntu always built in.
  var abi: String { "cp3\(minor)" + (minor < 8 ? "m" : "") }

  /// Like `3.13.5`.
  var fullVersion: String { "\(version).\(patch)" }

  /// uv's name of the platform: the newest glibc that uv has a name for (0.13 has these) and that
  /// is not newer than the image's.
  var platform: String {
    let named = [17, 28] + Array(31...40)
    return "\(architecture.machine)-manylinux_2_\(named.last { $0 <= glibc } ?? 17)"
  }
}

internal import Content

/// The file name of a wheel (PEP 427): `name-version(-build)?-python-abi-platform.whl`.
struct WheelName: Hashable, Sendable {
  let fileName: String
  /// As PEP 503 normalises it.
  let project: String
  let version: String
  let build: String
  let pythons: [Substring]
  let abis: [Substring]
  let platforms: [Substring]

  init?(_ fileName: String) {
    guard fileName.hasSuffix(".whl") else { return nil }
    let parts = fileName.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 5 || parts.count == 6, !parts.contains("") else { return nil }
    self.fileName = fileName
    project = Self.normalised(parts[0])
    version = String(parts[1])
    build = parts.count == 6 ? String(parts[2]) : ""
    pythons = parts[parts.count - 3].split(separator: ".")
    abis = parts[parts.count - 2].split(separator: ".")
    platforms = parts[parts.count - 1].split(separator: ".")
  }

  /// PEP 503: lower case, runs of `-`, `_` and `.` are one `-`.
  static func normalised(_ name: some StringProtocol) -> String {
    var result = ""
    for character in name.lowercased() {
      guard "-_.".contains(character) else {
        result.append(character)
        continue
      }
      if result.last != "-" { result.append("-") }
    }
    return result
  }

  /// Whether it runs on any machine.
  var isPlain: Bool { platforms == ["any"] }
}

extension WheelName {
  /// How well the wheel fits, the smaller the better; nil where it does not.
  ///
  /// The order is pip's (`packaging.tags.sys_tags`): the interpreter's own ABI, the stable ABI, no
  /// ABI; then the same of older ones; then any CPython, any Python; a newer glibc before an older.
  func rank(on target: PythonTarget) -> Int? {
    var best: Int?
    for platform in platforms {
      guard let platformRank = Self.platformRank(platform, target) else { continue }
      for python in pythons {
        for abi in abis {
          guard let group = Self.group(python, abi, isPlain: platform == "any", target) else {
            continue
          }
          best = min(best ?? .max, group * 1000 + platformRank)
        }
      }
    }
    return best
  }

  private static func group(
    _ python: Substring, _ abi: Substring, isPlain: Bool, _ target: PythonTarget
  ) -> Int? {
    let own = "cp3\(target.minor)"
    if python.hasPrefix("cp3"), let minor = Int(python.dropFirst(3)) {
      let age = target.minor - minor
      if isPlain { return age == 0 && abi == "none" ? 400 : nil }
      if age == 0 { return abi == own ? 0 : abi == "abi3" ? 1 : abi == "none" ? 2 : nil }
      return age > 0 && minor >= 2 && abi == "abi3" ? 2 + age : nil
    }
    guard python.hasPrefix("py3"), abi == "none" else { return nil }
    let start = isPlain ? 500 : 200
    if python == "py3" { return start + 1 }
    guard let minor = Int(python.dropFirst(3)), minor <= target.minor else { return nil }
    return minor == target.minor ? start : start + 1 + target.minor - minor
  }

  private static func platformRank(_ platform: Substring, _ target: PythonTarget) -> Int? {
    if platform == "any" { return 0 }
    let machine = "_" + target.architecture.machine
    guard platform.hasSuffix(machine) else { return nil }
    let base = platform.dropLast(machine.count)
    let glibc: Int? =
      switch base {
      case "manylinux2014": 17
      case "manylinux2010": 12
      case "manylinux1": 5
      case "linux": 0
      default: base.hasPrefix("manylinux_2_") ? Int(base.dropFirst(12)) : nil
      }
    return glibc.flatMap { $0 <= target.glibc ? target.glibc - $0 : nil }
  }
}

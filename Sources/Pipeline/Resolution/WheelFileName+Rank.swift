internal import Content

extension WheelFileName {
  /// How well the wheel fits, the smaller the better; nil where it does not.
  ///
  /// The order is pip's (`packaging.tags.sys_tags`): the interpreter's own ABI, the stable ABI, no
  /// ABI; then the same of older ones; then any CPython, any Python; a newer glibc before an older.
  func rank(on target: PythonTarget) -> Int? {
    var best: Int?
    for platform in platformTags {
      guard let platformRank = Self.platformRank(platform, target) else { continue }
      for python in pythonTags {
        for abi in abiTags {
          guard let group = Self.group(python, abi, isPlain: platform == "any", target) else {
            continue
          }
          best = min(best ?? .max, group * 1000 + platformRank)
        }
      }
    }
    return best
  }

  /// Whether it runs on any machine.
  var isPlain: Bool { platformTags == ["any"] }

  private static func group(
    _ python: String, _ abi: String, isPlain: Bool, _ target: PythonTarget
  ) -> Int? {
    if python.hasPrefix("cp3"), let minor = Int(python.dropFirst(3)) {
      let age = target.minor - minor
      if isPlain { return age == 0 && abi == "none" ? 400 : nil }
      if age == 0 { return abi == target.abi ? 0 : abi == "abi3" ? 1 : abi == "none" ? 2 : nil }
      return age > 0 && minor >= 2 && abi == "abi3" ? 2 + age : nil
    }
    guard python.hasPrefix("py3"), abi == "none" else { return nil }
    let start = isPlain ? 500 : 200
    if python == "py3" { return start + 1 }
    guard let minor = Int(python.dropFirst(3)), minor <= target.minor else { return nil }
    return minor == target.minor ? start : start + 1 + target.minor - minor
  }

  private static func platformRank(_ platform: String, _ target: PythonTarget) -> Int? {
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

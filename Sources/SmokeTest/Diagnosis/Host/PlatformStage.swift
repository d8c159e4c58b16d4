internal import Accelerators
internal import Platform

extension Host {
  /// What the kernel and the environment say this is.
  func examinePlatform() -> Outcome {
    let distribution = machine.environment["WSL_DISTRO_NAME"]
    var facts = Facts()
    facts.add("system", systemName)
    if !kernel.isEmpty { facts.add("kernel", kernel) }
    if let distribution { facts.add("distribution", distribution) }
    if system == .wsl1 {
      return .absent(.platform, Trouble("G1001", distribution ?? "DISTRIBUTION"), facts)
    }
    if kernel.isEmpty { return .warned(.platform, Trouble("G1003"), facts) }
    if system == .wsl2, isOlder(than: [5, 10, 43, 3]) {
      return .warned(.platform, Trouble("G1002", kernel), facts)
    }
    return .passed(.platform, facts)
  }

  private var systemName: String {
    let name =
      switch system {
      case .wsl1: "WSL 1"
      case .wsl2: "WSL 2"
      case .linux: "Linux"
      }
    return isContainer ? name + ", container" : name
  }

  private func isOlder(than version: [Int]) -> Bool {
    // `5.15.167.4-microsoft-standard-WSL2`
    let numbers = (kernel.split(at: "-").first ?? "").split(at: ".").map { $0.number }
    for (index, least) in version.enumerated() {
      guard index < numbers.count, let number = numbers[index] else { return false }
      if number != least { return number < least }
    }
    return false
  }
}

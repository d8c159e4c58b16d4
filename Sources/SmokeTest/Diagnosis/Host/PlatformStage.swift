internal import Accelerators
internal import Platform

extension Host {
  /// What the kernel and the environment say this is.
  func examinePlatform() -> Outcome {
    var facts = [Fact("system", .text(systemName))]
    if !kernel.isEmpty { facts.append(Fact("kernel", .text(kernel))) }
    if let name = machine.environment["WSL_DISTRO_NAME"] {
      facts.append(Fact("distribution", .text(name)))
    }
    if system == .wsl1 {
      return Outcome(
        .platform,
        .absent(
          Trouble(
            code: "G1001", seen: "this is WSL 1, which has no GPU",
            remedy: "In Windows: wsl --set-version \(distribution) 2")), facts)
    }
    if kernel.isEmpty {
      return Outcome(
        .platform,
        .warned(
          Trouble(
            code: "G1003", seen: "nothing tells what kernel this is: /proc is not mounted",
            remedy: "Mount /proc; most drivers read it too.")), facts)
    }
    if system == .wsl2, isOlder(than: [5, 10, 43, 3]) {
      return Outcome(
        .platform,
        .warned(
          Trouble(
            code: "G1002",
            seen: "WSL's kernel \(kernel) is older than 5.10.43.3, the first for CUDA",
            remedy: "In Windows: wsl --update, then wsl --shutdown")), facts)
    }
    return Outcome(.platform, .passed, facts)
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

  private var distribution: String { machine.environment["WSL_DISTRO_NAME"] ?? "DISTRIBUTION" }

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

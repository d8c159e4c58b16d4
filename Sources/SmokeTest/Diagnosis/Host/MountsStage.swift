internal import Accelerators
internal import Platform

extension Host {
  /// Where WSL puts the libraries of Windows' driver.
  static let driverFolder = "/usr/lib/wsl/lib"
  static let driverStore = "/usr/lib/wsl/drivers"

  /// The folders that WSL mounts for the driver.
  func examineMounts() -> Outcome {
    guard isDistribution else {
      return Outcome(.mounts, .skipped("only WSL mounts its driver"))
    }
    let libraries = machine.names(Self.driverFolder)
    let drivers = machine.names(Self.driverStore)
    if libraries.isEmpty {
      return .failed(
        .mounts, Trouble(isOff("gpu", "enabled") ? "G1022" : "G1021"))
    }
    if drivers.isEmpty { return .failed(.mounts, Trouble("G1023")) }
    var facts = Facts()
    facts.add("libraries", libraries.count)
    facts.add("drivers", drivers.count)
    return isMounted ? .passed(.mounts, facts) : .warned(.mounts, Trouble("G1024"), facts)
  }

  /// Where the kernel does not tell, nothing speaks against it.
  private var isMounted: Bool {
    guard let mounts = machine.text("/proc/self/mounts", limit: 1 << 20) else { return true }
    return mounts.lines.contains { ($0.words.dropFirst().first ?? "") == Self.driverFolder }
  }
}

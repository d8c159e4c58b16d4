internal import Accelerators
internal import Platform

extension Host {
  /// Where WSL puts the libraries of Windows' driver.
  static let driverFolder = "/usr/lib/wsl/lib"
  private static let driverStore = "/usr/lib/wsl/drivers"

  /// The folders that WSL mounts for the driver.
  func examineMounts() -> Outcome {
    guard isDistribution else {
      return Outcome(.mounts, .skipped("only WSL mounts its driver"))
    }
    let libraries = (try? machine.list(Self.driverFolder)) ?? []
    let drivers = (try? machine.list(Self.driverStore)) ?? []
    if libraries.isEmpty { return Outcome(.mounts, .failed(nothingMounted)) }
    if drivers.isEmpty {
      return Outcome(
        .mounts,
        .failed(
          Trouble(
            code: "G1023", seen: "\(Self.driverStore), Windows' drivers, is missing or empty",
            remedy:
              "In Windows: wsl --shutdown, and start the distribution again; then wsl --update")
        ))
    }
    let facts = [
      Fact("libraries", .count(libraries.count)), Fact("drivers", .count(drivers.count)),
    ]
    if let mounts = machine.text("/proc/self/mounts", limit: 1 << 20),
      !mounts.lines.contains(where: { $0.words.dropFirst().first == Self.driverFolder })
    {
      return Outcome(
        .mounts,
        .warned(
          Trouble(
            code: "G1024", seen: "\(Self.driverFolder) has files, but nothing is mounted there",
            remedy: "An image must not have files of its own there: remove them, and let WSL mount "
              + "the host's.")), facts)
    }
    return Outcome(.mounts, .passed, facts)
  }

  private var nothingMounted: Trouble {
    if wslSetting("gpu", "enabled") == "false" {
      return Trouble(
        code: "G1022", seen: "/etc/wsl.conf switches the GPU off: [gpu] enabled=false",
        remedy: "Remove that line, then in Windows: wsl --shutdown")
    }
    return Trouble(
      code: "G1021", seen: "\(Self.driverFolder), where WSL puts the driver, is missing or empty",
      remedy: "In Windows: wsl --shutdown, and start the distribution again; if it stays so, "
        + "wsl --update and install the GPU's driver again.")
  }
}

internal import Accelerators
internal import Platform

extension Host {
  /// The first link that is broken in the chain from the driver's folder to the loader's cache.
  func unknownToLoader(_ search: LoaderSearch) -> Trouble {
    if let trouble = brokenConfiguration(mustBeWritten: true) { return trouble }
    return Trouble(search.cache == nil ? "G1046" : "G1039")
  }

  /// What keeps WSL from telling the loader about its folder. WSL writes `ld.wsl.conf` at each start,
  /// with the one line `/usr/lib/wsl/lib`: a fresh image does not have it yet; where WSL has run, it
  /// must be there.
  func brokenConfiguration(mustBeWritten: Bool) -> Trouble? {
    let folder = "/etc/ld.so.conf.d"
    guard machine.status(folder)?.kind == .folder else { return Trouble("G1037") }
    let main = machine.text("/etc/ld.so.conf", limit: 1 << 20) ?? ""
    let isIncluded = main.lines.contains { line in
      let words = line.words
      return (words.first ?? "") == "include"
        && words.dropFirst().contains { $0.has("ld.so.conf.d/") }
    }
    if !isIncluded { return Trouble("G1040") }
    if isOff("automount", "ldconfig") { return Trouble("G1048") }
    guard let written = machine.text(folder + "/ld.wsl.conf") else {
      return mustBeWritten ? Trouble("G1038") : nil
    }
    let isNamed = written.lines.contains { $0.trimmed == Self.driverFolder }
    return isNamed ? nil : Trouble("G1049")
  }
}

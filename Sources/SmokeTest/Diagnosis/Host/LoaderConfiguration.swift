internal import Accelerators
internal import Platform

extension Host {
  private static let configurations = "/etc/ld.so.conf.d"
  /// Written by WSL at each start, with the one line `/usr/lib/wsl/lib`.
  private static let wslConfiguration = configurations + "/ld.wsl.conf"

  /// The first link that is broken in the chain from the driver's folder to the loader's cache.
  func unknownToLoader(_ search: LoaderSearch) -> Trouble {
    if let trouble = brokenConfiguration(mustBeWritten: true) { return trouble }
    if search.cache == nil {
      return Trouble(
        code: "G1046", seen: "the loader has no cache: /etc/ld.so.cache is missing or broken",
        remedy: "As root: ldconfig")
    }
    return Trouble(
      code: "G1039", seen: "\(Self.driverFolder) is configured, but not in the loader's cache",
      remedy: "As root: ldconfig. WSL runs it at each start as /sbin/ldconfig, which must be there."
    )
  }

  /// What keeps WSL from telling the loader about its folder. A fresh image does not have WSL's file
  /// yet; where WSL has run, it must be there.
  func brokenConfiguration(mustBeWritten: Bool) -> Trouble? {
    guard machine.status(Self.configurations)?.kind == .folder else {
      return Trouble(
        code: "G1037",
        seen:
          "there is no folder \(Self.configurations), so WSL cannot tell the loader of its driver",
        remedy: "As root: mkdir -p \(Self.configurations); then in Windows: wsl --shutdown")
    }
    let main = machine.text("/etc/ld.so.conf", limit: 1 << 20) ?? ""
    let isIncluded = main.lines.contains { line in
      let words = line.words
      return words.first == "include" && words.dropFirst().contains { $0.has("ld.so.conf.d/") }
    }
    if !isIncluded {
      return Trouble(
        code: "G1040", seen: "/etc/ld.so.conf does not include \(Self.configurations)/*.conf",
        remedy: "As root: echo 'include \(Self.configurations)/*.conf' >> /etc/ld.so.conf; ldconfig"
      )
    }
    if wslSetting("automount", "ldconfig") == "false" {
      return Trouble(
        code: "G1048",
        seen: "/etc/wsl.conf keeps WSL from telling the loader: [automount] ldconfig=false",
        remedy: "Remove that line, then in Windows: wsl --shutdown")
    }
    guard let written = machine.text(Self.wslConfiguration) else {
      return mustBeWritten
        ? Trouble(
          code: "G1038",
          seen: "there is no \(Self.wslConfiguration), which WSL writes at each start",
          remedy: "In Windows: wsl --shutdown, and start the distribution again. By hand, as root: "
            + "echo \(Self.driverFolder) > \(Self.wslConfiguration); ldconfig") : nil
    }
    return written.lines.contains { $0.trimmed == Self.driverFolder }
      ? nil
      : Trouble(
        code: "G1049", seen: "\(Self.wslConfiguration) does not name \(Self.driverFolder)",
        remedy: "Remove it, then in Windows: wsl --shutdown; WSL writes it anew.")
  }
}

internal import Accelerators
public import Platform

/// What kind of system this is, as far as it decides how a GPU gets in.
public final class Host: Sendable {
  public enum System: Hashable, Sendable {
    case wsl1
    case wsl2
    case linux
  }

  public let machine: Machine
  public let system: System
  public let isContainer: Bool
  /// The kernel's release, empty where nothing tells it.
  public let kernel: String

  /// The mounts `/usr/lib/wsl/lib` and `/usr/lib/wsl/drivers` are WSL's own doing; a container on WSL
  /// gets what its engine gives it.
  public var isDistribution: Bool { system == .wsl2 && !isContainer }

  public init(_ machine: Machine) {
    self.machine = machine
    let release = machine.text("/proc/sys/kernel/osrelease") ?? ""
    kernel = release.isEmpty && machine.root.isEmpty ? Surroundings.kernelRelease : release
    system = Self.system(machine, kernel: kernel)
    // WSL's init makes this folder in each distribution and in no container. What else tells one from
    // the other many distributions have too, since people make them with `docker export`.
    isContainer =
      system == .wsl2
      ? machine.status(Self.socketFolder) == nil
      : machine.status("/.dockerenv") != nil || machine.status("/run/.containerenv") != nil
        || machine.environment["KUBERNETES_SERVICE_HOST"] != nil
        || machine.environment["container"] != nil
  }

  private static let socketFolder = "/run/WSL"

  private static func system(_ machine: Machine, kernel: String) -> System {
    let version = machine.text("/proc/version") ?? ""
    if kernel.has("WSL2") || version.has("WSL2") { return .wsl2 }
    // WSL 1 is Windows answering as Linux 4.4: `4.4.0-19041-Microsoft`. The kernels of WSL 2 write
    // `microsoft` small.
    if kernel.has("Microsoft") || version.has("Microsoft") { return .wsl1 }
    // A kernel that the user built has any name; WSL's init leaves these.
    let isWSL =
      machine.environment["WSL_DISTRO_NAME"] != nil || machine.environment["WSL_INTEROP"] != nil
      || machine.status("/proc/sys/fs/binfmt_misc/WSLInterop") != nil
      || machine.status(socketFolder) != nil
    return isWSL ? .wsl2 : .linux
  }

  /// Whether `/etc/wsl.conf` switches something off, in letters of either size.
  func isOff(_ section: String, _ key: String) -> Bool {
    var current = ""
    for line in (machine.text("/etc/wsl.conf") ?? "").lines {
      let line = (line.split(at: "#").first ?? "").trimmed.lowercased()
      let parts = line.split(at: "=")
      if line.begins(with: "[") {
        current = line.split(at: "[").first?.split(at: "]").first?.trimmed ?? ""
      } else if current == section, parts.count == 2, parts[0].trimmed == key {
        let value = parts[1].trimmed
        return value == "false" || value == "0"
      }
    }
    return false
  }
}

/// A setting that one of WSL's two configuration files can hold. Recipes give those that WSL reads;
/// images that others made may hold more.
public struct WSLSetting: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case boolean
    /// As `strtol` with base 0 reads it: `0x…` and `0…` too.
    case integer
    case text
    case choice([String])
  }

  /// `section.key` as Microsoft spells it; WSL compares without regard to case.
  public let name: String
  public let kind: Kind
  /// What it is, as a sentence below that of its section.
  let summary: String
  /// Whether WSL reads it.
  public let isRead: Bool
  /// Whether Microsoft's validator of `.wsl` files lets it pass.
  public let isAccepted: Bool

  init(
    _ name: String, _ kind: Kind, _ summary: String, isRead: Bool = true, isAccepted: Bool = true
  ) {
    self.name = name
    self.kind = kind
    self.summary = summary
    self.isRead = isRead
    self.isAccepted = isAccepted
  }

  public var section: String { String(name.prefix { $0 != "." }) }
  public var key: String { String(name.drop { $0 != "." }.dropFirst()) }
}

extension WSLSetting {
  /// What `/etc/wsl.conf` can hold. Read: `WslDistributionConfig.cpp`; accepted:
  /// `distributions/validate-modern.py`, both of microsoft/WSL.
  public static let conf: [WSLSetting] = [
    .init("automount.enabled", .boolean, "Whether they are mounted."),
    .init("automount.root", .text, "Where they are mounted."),
    .init("automount.options", .text, "Mount options of DrvFs."),
    .init("automount.mountFsTab", .boolean, "Whether `/etc/fstab` is mounted."),
    .init(
      "automount.ldconfig", .boolean, "Whether WSL tells the loader where the GPU's libraries are."),
    .init("automount.cgroups", .choice(["v1", "v2"]), "Which control groups are mounted."),
    .init("boot.systemd", .boolean, "Whether systemd runs."),
    .init("boot.command", .text, "A command for root."),
    .init(
      "boot.initTimeout", .integer, "Milliseconds that WSL waits for systemd.", isAccepted: false),
    .init(
      "boot.protectBinfmt", .boolean,
      "Whether systemd is kept from removing WSL's interoperability."),
    .init("fileServer.enabled", .boolean, "Whether it runs."),
    .init("fileServer.logFile", .text, "Where it logs.", isAccepted: false),
    .init("fileServer.logLevel", .integer, "How much it logs.", isAccepted: false),
    .init(
      "fileServer.logTruncate", .boolean, "Whether a new log replaces the old one.",
      isAccepted: false),
    .init("filesystem.umask", .integer, "The umask, in octal and in quotes."),
    .init(
      "general.guiApplications", .boolean, "Whether graphical Linux programs are shown on Windows.",
      isAccepted: false),
    .init(
      "general.hostname", .text, "Of no effect: `network.hostname` is what WSL reads.",
      isRead: false),
    .init("gpu.enabled", .boolean, "Whether the GPU is seen."),
    .init(
      "gpu.appendLibPath", .boolean,
      "Whether the folder of the GPU's libraries is added to PATH."),
    .init("interop.enabled", .boolean, "Whether they can be started."),
    .init("interop.appendWindowsPath", .boolean, "Whether Windows' PATH is added to the shell's."),
    .init("network.generateHosts", .boolean, "Whether WSL writes `/etc/hosts`."),
    .init("network.generateResolvConf", .boolean, "Whether WSL writes `/etc/resolv.conf`."),
    .init("network.hostname", .text, "The host name."),
    .init("time.useWindowsTimezone", .boolean, "Whether Windows' time zone is used."),
    .init("user.default", .text, "Who runs the shell."),
  ]

  /// What `/etc/wsl-distribution.conf` can hold.
  public static let distribution: [WSLSetting] = [
    .init("oobe.command", .text, "What runs then."),
    .init("oobe.defaultUid", .integer, "The user that it makes."),
    .init("oobe.defaultName", .text, "The distribution's name in WSL."),
    .init("shortcut.enabled", .boolean, "Whether there is one."),
    .init(
      "shortcut.icon", .text, "An icon of the recipe's folder, or an absolute path in the image."),
    .init("windowsterminal.enabled", .boolean, "Whether there is one."),
    .init(
      "windowsterminal.profileTemplate", .text,
      "A profile of the recipe's folder, or an absolute path in the image."),
  ]

  /// The setting of a name, in any case of letters.
  public static func named(_ name: String, in settings: [WSLSetting]) -> WSLSetting? {
    settings.first { $0.name.lowercased() == name.lowercased() }
  }
}

/// A setting that one of WSL's two configuration files can hold.
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
  /// Whether WSL reads it.
  public let isRead: Bool
  /// Whether Microsoft's validator of `.wsl` files lets it pass.
  public let isAccepted: Bool

  init(_ name: String, _ kind: Kind, isRead: Bool = true, isAccepted: Bool = true) {
    self.name = name
    self.kind = kind
    self.isRead = isRead
    self.isAccepted = isAccepted
  }

  public var section: String { String(name.prefix { $0 != "." }) }
  public var key: String { String(name.drop { $0 != "." }.dropFirst()) }

  /// Whether WSL makes something of the value; else its default holds.
  public func takes(_ value: String) -> Bool {
    switch kind {
    case .boolean: WSLConfiguration.boolean(value) != nil
    case .integer: Self.integer(value) != nil
    case .text: true
    case .choice(let choices): choices.contains(value)
    }
  }

  private static func integer(_ text: String) -> Int32? {
    let digits = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
    let magnitude: Int64? =
      if digits.lowercased().hasPrefix("0x") {
        Int64(digits.dropFirst(2), radix: 16)
      } else if digits.count > 1, digits.hasPrefix("0") {
        Int64(digits.dropFirst(), radix: 8)
      } else {
        Int64(digits)
      }
    guard let magnitude else { return nil }
    return Int32(exactly: text.hasPrefix("-") ? -magnitude : magnitude)
  }
}

extension WSLSetting {
  /// What `/etc/wsl.conf` can hold. Read: `WslDistributionConfig.cpp`; accepted:
  /// `distributions/validate-modern.py`, both of microsoft/WSL.
  public static let conf: [WSLSetting] = [
    .init("automount.enabled", .boolean),
    .init("automount.root", .text),
    .init("automount.options", .text),
    .init("automount.mountFsTab", .boolean),
    .init("automount.ldconfig", .boolean),
    .init("automount.cgroups", .choice(["v1", "v2"])),
    .init("filesystem.umask", .integer),
    .init("interop.enabled", .boolean),
    .init("interop.appendWindowsPath", .boolean),
    .init("network.generateHosts", .boolean),
    .init("network.generateResolvConf", .boolean),
    .init("network.hostname", .text),
    .init("time.useWindowsTimezone", .boolean),
    .init("fileServer.enabled", .boolean),
    .init("fileServer.logFile", .text, isAccepted: false),
    .init("fileServer.logLevel", .integer, isAccepted: false),
    .init("fileServer.logTruncate", .boolean, isAccepted: false),
    .init("gpu.enabled", .boolean),
    .init("gpu.appendLibPath", .boolean),
    .init("user.default", .text),
    .init("boot.systemd", .boolean),
    .init("boot.command", .text),
    .init("boot.initTimeout", .integer, isAccepted: false),
    .init("boot.protectBinfmt", .boolean),
    .init("general.guiApplications", .boolean, isAccepted: false),
    .init("general.hostname", .text, isRead: false),
  ]

  /// What `/etc/wsl-distribution.conf` can hold.
  public static let distribution: [WSLSetting] = [
    .init("oobe.command", .text),
    .init("oobe.defaultUid", .integer),
    .init("oobe.defaultName", .text),
    .init("shortcut.icon", .text),
    .init("shortcut.enabled", .boolean),
    .init("windowsterminal.profileTemplate", .text),
    .init("windowsterminal.enabled", .boolean),
  ]

  /// The setting of a name, in any case of letters.
  public static func named(_ name: String, in settings: [WSLSetting]) -> WSLSetting? {
    settings.first { $0.name.lowercased() == name.lowercased() }
  }
}

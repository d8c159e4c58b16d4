import FileSystem
import SystemPackage
import YAML

extension WSLSettings {
  static let definition = Definition<WSLSettings>.object(
    WSLSettings(install: [], conf: [:], distribution: [:]),
    [
      Key(
        "install",
        "Which files to make: `import` for `wsl --import`, `from-file` for `wsl --install "
          + "--from-file` and a double-click.", .list(.choice()), fallback: ["import", "from-file"]
      ) { $0.install = $1 },
      Key("conf", "What to set in `/etc/wsl.conf`.", section(of: conf), fallback: [:]) {
        $0.conf = $1
      },
      Key(
        "distribution", "What to set in `/etc/wsl-distribution.conf`.", section(of: distribution),
        fallback: [:]
      ) { $0.distribution = $1 },
    ])

  private typealias Section = [String: Value]

  private static func section(of sections: [Key<Configuration>]) -> Definition<Configuration> {
    .object([:], sections)
  }

  private static func section(
    _ name: String, _ summary: String, _ keys: [Key<Section>]
  ) -> Key<Configuration> {
    Key(name, summary, .object([:], keys)) { $0[name] = $1 }
  }

  private static func flag(_ name: String, _ summary: String) -> Key<Section> {
    Key(name, summary, .boolean()) { $0[name] = .boolean($1) }
  }

  private static func number(_ name: String, _ summary: String) -> Key<Section> {
    Key(name, summary, .integer(0...Int(Int32.max))) { $0[name] = .integer($1) }
  }

  private static func text(
    _ name: String, _ summary: String, _ definition: Definition<String> = .text("one line of text")
  ) -> Key<Section> {
    Key(name, summary, definition) { $0[name] = .text($1) }
  }

  // The keys that WSL reads, and no others: reference/wsl.md, from WSL's sources.
  private static let conf: [Key<Configuration>] = [
    section(
      "automount", "Windows drives below `/mnt`.",
      [
        flag("enabled", "Whether they are mounted."),
        text("root", "Where they are mounted.", .imagePath("a folder")),
        text("options", "Mount options of DrvFs."),
        flag("mountFsTab", "Whether `/etc/fstab` is mounted."),
        flag("ldconfig", "Whether WSL tells the loader where the GPU's libraries are."),
        text(
          "cgroups", "Which control groups are mounted.", .text("`v1` or `v2`", pattern: "v[12]")),
      ]),
    section(
      "boot", "What happens when the distribution starts.",
      [
        flag("systemd", "Whether systemd runs."),
        text("command", "A command for root."),
        number("initTimeout", "Milliseconds that WSL waits for systemd."),
        flag("protectBinfmt", "Whether systemd is kept from removing WSL's interoperability."),
      ]),
    section(
      "fileServer", "The server behind `\\\\wsl$`.",
      [
        flag("enabled", "Whether it runs."), text("logFile", "Where it logs."),
        number("logLevel", "How much it logs."),
        flag("logTruncate", "Whether a new log replaces the old one."),
      ]),
    section(
      "filesystem", "File systems.",
      [
        text(
          "umask", "The umask, in octal and in quotes.",
          .text("an octal mask in quotes such as \"022\"", pattern: "0?[0-7]{3}"))
      ]),
    section(
      "general", "Everything else.",
      [flag("guiApplications", "Whether graphical Linux programs are shown on Windows.")]),
    section(
      "gpu", "The GPU.",
      [
        flag("enabled", "Whether the GPU is seen."),
        flag(
          "appendLibPath", "Whether the folder of the GPU's libraries is added to the loader's."),
      ]),
    section(
      "interop", "Windows programs.",
      [
        flag("enabled", "Whether they can be started."),
        flag("appendWindowsPath", "Whether Windows' PATH is added to the shell's."),
      ]),
    section(
      "network", "The network.",
      [
        flag("generateHosts", "Whether WSL writes `/etc/hosts`."),
        flag("generateResolvConf", "Whether WSL writes `/etc/resolv.conf`."),
        text(
          "hostname", "The host name.",
          .text(
            "a host name", pattern: "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")),
      ]),
    section(
      "time", "The clock.", [flag("useWindowsTimezone", "Whether Windows' time zone is used.")]),
    section("user", "Users.", [text("default", "Who runs the shell.", .userName)]),
  ]

  private static let distribution: [Key<Configuration>] = [
    section(
      "oobe", "The first start after `wsl --install`.",
      [
        text("command", "What runs then.", .imagePath("a program")),
        Key(
          "defaultUid", "The user that it makes.", .integer(0...60000)
        ) { $0["defaultUid"] = .integer($1) },
        text(
          "defaultName", "The distribution's name in WSL.",
          .text("a name", pattern: "[A-Za-z0-9._-]{1,64}")),
      ]),
    section(
      "shortcut", "The entry in Windows' start menu.",
      [
        flag("enabled", "Whether there is one."),
        text("icon", "An icon of the recipe's folder, or an absolute path in the image.", resource),
      ]),
    section(
      "windowsterminal", "The profile in Windows Terminal.",
      [
        flag("enabled", "Whether there is one."),
        text(
          "profileTemplate",
          "A profile of the recipe's folder, or an absolute path in the image.", resource),
      ]),
  ]

  /// WSL reads no larger icon and profile: reference/wsl.md.
  private static let largestResource: Int64 = 1 << 20

  private static let resource = Definition<String>.text(
    "a file of the recipe's folder of at most 1 MiB, or an absolute path in the image"
  ).then { text, node, decoding in
    if text.hasPrefix("/") { return text }
    guard let found = decoding.find(text, node) else { return nil }
    guard found.status.kind == .file, found.status.size <= largestResource else {
      decoding.report(
        .wrongFileKind, at: node.place,
        "\(decoding.subject) must be a file of at most 1 MiB, since WSL reads no larger one")
      return nil
    }
    return decoding.folder(of: node).pushing(found.path).string
  }
}

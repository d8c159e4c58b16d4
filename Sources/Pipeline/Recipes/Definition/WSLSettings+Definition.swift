import FileSystem
import SystemPackage
import YAML

extension WSLSettings {
  static let definition = Definition<WSLSettings>.object(
    WSLSettings(install: [], conf: [:], distribution: [:]),
    example: "{conf: {boot: {systemd: true}}}",
    otherNames: [
      "conf": WSLSetting.conf, "distribution": WSLSetting.distribution,
    ].reduce(into: [:]) { names, file in
      for setting in file.value { names[setting.section] = "wsl.\(file.key).\(setting.section)" }
    },
    [
      Key(
        "install",
        "Which files to make: `import` for `wsl --import`, `from-file` for `wsl --install "
          + "--from-file` and a double-click.", .list(.choice()), fallback: ["import", "from-file"]
      ) { $0.install = $1 },
      Key("conf", "What to set in `/etc/wsl.conf`.", file(of: WSLSetting.conf), fallback: [:]) {
        $0.conf = $1
      },
      Key(
        "distribution", "What to set in `/etc/wsl-distribution.conf`.",
        file(of: WSLSetting.distribution), fallback: [:]
      ) { $0.distribution = $1 },
    ])

  private typealias Section = [String: Value]

  private static func file(of settings: [WSLSetting]) -> Definition<Configuration> {
    .object([:], sections(of: settings))
  }

  /// The keys that WSL reads, and no others, by their sections.
  private static func sections(of settings: [WSLSetting]) -> [Key<Configuration>] {
    let settings = settings.filter(\.isRead)
    var names: [String] = []
    for setting in settings where names.last != setting.section { names.append(setting.section) }
    return names.map { name in
      let keys = settings.filter { $0.section == name }.map(key)
      return Key(
        name, summaries[name] ?? "", .object([:], refused: refused[name] ?? [:], keys)
      ) { $0[name] = $1 }
    }
  }

  private static let refused = [
    "automount": ["umask": "it is one of DrvFs' options: write `options: \"umask=022\"`"]
  ]

  private static func key(of setting: WSLSetting) -> Key<Section> {
    let (name, summary, computed) = (setting.key, setting.summary, computed[setting.name])
    if let text = texts[setting.name] {
      return Key(name, summary, text, computed: computed) { $0[name] = .text($1) }
    }
    switch setting.kind {
    case .boolean:
      return Key(name, summary, .boolean(), computed: computed) { $0[name] = .boolean($1) }
    case .integer:
      let range = setting.name == "oobe.defaultUid" ? 0...60000 : 0...Int(Int32.max)
      return Key(name, summary, .integer(range), computed: computed) { $0[name] = .integer($1) }
    case .text, .choice:
      return Key(name, summary, .text("one line of text")) { $0[name] = .text($1) }
    }
  }

  private static let summaries = [
    "automount": "Windows drives below `/mnt`.",
    "boot": "What happens when the distribution starts.",
    "fileServer": "The server behind `\\\\wsl$`.", "filesystem": "File systems.",
    "general": "Everything else.", "gpu": "The GPU.", "interop": "Windows programs.",
    "network": "The network.", "time": "The clock.", "user": "Users.",
    "oobe": "The first start after `wsl --install`.",
    "shortcut": "The entry in Windows' start menu.",
    "windowsterminal": "The profile in Windows Terminal.",
  ]

  /// What kiln writes of its own where a recipe does not say it.
  private static let computed = [
    "boot.systemd": "`true` with the package `systemd-sysv`, else none",
    "user.default": "the first of `users`",
    "oobe.command": "kiln's script, which asks for the user",
    "oobe.defaultUid": "`1000`",
    "oobe.defaultName": "the recipe's `name`",
  ]

  /// What recipes may write, where that is less than WSL would take.
  private static let texts: [String: Definition<String>] = [
    "automount.root": .imagePath("a folder"),
    "automount.cgroups": .text("`v1` or `v2`", pattern: "v[12]"),
    "filesystem.umask": .text("an octal mask in quotes such as \"022\"", pattern: "0[0-7]{2,3}"),
    "network.hostname": .text(
      "a host name", pattern: "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"),
    "user.default": .userName,
    "oobe.command": .imagePath("a program"),
    "oobe.defaultName": .text(
      "a name of at most 64 letters from A to Z, digits, `.`, `_`, `-`, and not `Legacy`",
      pattern: "(?![Ll][Ee][Gg][Aa][Cc][Yy]$)[A-Za-z0-9._-]{1,64}"),
    "shortcut.icon": resource,
    "windowsterminal.profileTemplate": resource,
  ]

  /// WSL reads no larger icon and profile: reference/wsl.md.
  private static let largestResource: Int64 = 1 << 20

  private static let resource = Definition<String>.text(
    "a file of the recipe's folder of at most 1 MiB, or an absolute path in the image"
  ).then { text, node, decoding in
    if text.isAbsolutePath { return text }
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

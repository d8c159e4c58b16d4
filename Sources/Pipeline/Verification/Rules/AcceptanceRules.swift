import Diagnostics
import FileSystem
import Recipes
import WSL

/// Microsoft's acceptance rules for a `.wsl` (`distributions/validate-modern.py` of microsoft/WSL).
/// Those about first launch through `wsl --install` are silent for an image meant for `--import`.
enum AcceptanceRules {
  static let all: [Rule] = [
    selinux, distributionMissing, distributionMode, name, commandMissing, commandMode, defaultUid,
    iconMissing, iconUnreadable, iconMode, profileUnreadable, profileMode, confMode, defaultUser,
    initBinary, initMode, passwd, passwdMode, shadow, shadowMode, shells, shellMode, units,
  ]

  private static let configurationPath = "etc/wsl-distribution.conf"

  private static let selinux = Rule(
    "K6126", .warning, "No file has selinux, ima or evm attributes",
    remedy: "remove them: WSL 1 cannot set them, and no WSL kernel uses them"
  ) { image in
    let prefixes = ["security.selinux", "security.ima", "security.evm"]
    return image.scan.entries.flatMap { entry in
      entry.attributes.filter { name in prefixes.contains { name.hasPrefix($0) } }.map {
        Finding("\(entry.path) has the attribute \($0)", at: entry.path)
      }
    }
  }

  private static let distributionMissing = Rule(
    "K6201", .error, "A `.wsl` has /etc/wsl-distribution.conf",
    remedy: "write it, with at least `[oobe] defaultName`"
  ) { image in
    image.flavour == .fromFile && image.tree.file(configurationPath) == nil
      ? [Finding("there is no /\(configurationPath)")] : []
  }

  private static let distributionMode = modeRule(
    "K6202", "/etc/wsl-distribution.conf", [0o644, 0o664], { _ in configurationPath })

  private static let name = Rule(
    "K6203", .error, "A `.wsl` has a name that WSL takes",
    remedy: "set `oobe.defaultName` to letters, digits, `.`, `_` and `-`, and not to `Legacy`"
  ) { image in
    guard image.flavour == .fromFile, let distribution = image.distribution else { return [] }
    guard let name = distribution.entry("oobe.defaultName") else {
      return [
        Finding(
          "`oobe.defaultName` is not set", at: configurationPath,
          reason: "a double-click fails after all is unpacked (0x80040330)")
      ]
    }
    guard !WSLSettings.isDistributionName(name.value) else { return [] }
    return [
      Finding(
        "WSL takes no distribution called `\(name.value)`", at: configurationPath, line: name.line,
        excerpt: distribution.excerpt(name.line),
        reason: "a double-click fails after all is unpacked")
    ]
  }

  private static let commandMissing = Rule(
    "K6204", .error, "The out-of-box command is one file of the image",
    remedy: "name an absolute path without arguments, and put the script there"
  ) { image in
    guard let command = image.distribution?.value("oobe.command") else { return [] }
    return image.tree.file(command)?.kind == .file && command.isAbsolutePath
      ? [] : [Finding("`oobe.command` names `\(command)`, which is not a file of the image")]
  }

  private static let commandMode = Rule(
    "K6205", .warning, "The out-of-box command is root's, 0755, in WSL's folder",
    remedy: "put it under /usr/lib/wsl or /usr/libexec/wsl with `chmod 755`, `chown 0:0`"
  ) { image in
    guard let command = image.distribution?.value("oobe.command") else { return [] }
    return modes(image, command, [0o755, 0o775])
      + folder(command, "oobe.command", ["/usr/lib/wsl/", "/usr/libexec/wsl/"])
  }

  private static let defaultUid = Rule(
    "K6206", .warning, "The out-of-box user is 1000 and not made yet",
    remedy: "set `oobe.defaultUid` to 1000 and leave the user to the out-of-box script"
  ) { image in
    guard image.flavour == .fromFile, let text = image.distribution?.value("oobe.defaultUid")
    else { return [] }
    let line = image.passwd.first { $0.user.map { String($0.uid) } == text }
    return (text == "1000" ? [] : [Finding("`oobe.defaultUid` is \(text)", at: configurationPath)])
      + (line.map {
        [Finding("the user \(text) exists", at: "etc/passwd", line: $0.line, excerpt: $0.text)]
      } ?? [])
  }

  private static let iconMissing = Rule(
    "K6207", .warning, "A `.wsl` has an icon",
    remedy: "set `shortcut.icon` to an .ico file under /usr/lib/wsl or /usr/share/wsl"
  ) { image in
    image.flavour == .fromFile && image.distribution != nil
      && (image.distribution?.value("shortcut.icon") ?? "").isEmpty
      ? [Finding("`shortcut.icon` is not set", at: configurationPath)] : []
  }

  private static let iconUnreadable = Rule(
    "K6208", .error, "WSL can read the icon",
    remedy: "put an .ico file of at most 1 MiB there, and no `..` into its path"
  ) { image in
    readable(image, "shortcut.icon", ShownFile.faultOfIcon)
  }

  private static let iconMode = Rule(
    "K6209", .warning, "The icon is root's, 0644, in WSL's folder",
    remedy: "put it under /usr/lib/wsl or /usr/share/wsl with `chmod 644`, `chown 0:0`"
  ) { image in
    guard let icon = image.distribution?.value("shortcut.icon"), !icon.isEmpty else { return [] }
    return modes(image, icon, [0o644, 0o664])
      + folder(icon, "shortcut.icon", ["/usr/lib/wsl/", "/usr/share/wsl/"])
  }

  private static let profileUnreadable = Rule(
    "K6210", .error, "WSL can read the Terminal profile",
    remedy: "put JSON of at most 1 MiB there, and no `..` into its path"
  ) { image in
    readable(image, "windowsterminal.profileTemplate", ShownFile.faultOfProfile)
  }

  private static let profileMode = Rule(
    "K6211", .warning, "The Terminal profile is root's, 0640, in WSL's folder",
    remedy: "put it under /usr/lib/wsl with `chmod 640`, `chown 0:0`"
  ) { image in
    guard let profile = image.distribution?.value("windowsterminal.profileTemplate"),
      !profile.isEmpty
    else { return [] }
    return modes(image, profile, [0o640, 0o660])
      + folder(profile, "windowsterminal.profileTemplate", ["/usr/lib/wsl/"])
  }

  private static let confMode = modeRule(
    "K6212", "/etc/wsl.conf", [0o644, 0o664], { _ in "etc/wsl.conf" })

  private static let defaultUser = Rule(
    "K6215", .warning, "A `.wsl` leaves the default user to the out-of-box script",
    remedy: "leave `user.default` to the image for `wsl --import`"
  ) { image in
    guard image.flavour == .fromFile, let entry = image.conf?.entry("user.default") else {
      return []
    }
    return [
      Finding(
        "Microsoft discourages `user.default`", at: "etc/wsl.conf", line: entry.line,
        excerpt: image.conf?.excerpt(entry.line) ?? "")
    ]
  }

  private static let initBinary = Rule(
    "K6216", .error, "With `boot.systemd`, /sbin/init is a program of this machine",
    remedy: "install systemd-sysv, or do not set `boot.systemd`"
  ) { image in
    guard image.conf?.value("boot.systemd") != nil else { return [] }
    return binary(image, "sbin/init", isRequired: true)
      + (image.tree.file("sbin/init").map {
        $0.permissions & 0o111 == 0 ? [Finding("/sbin/init is not executable", at: $0.path)] : []
      } ?? [])
  }

  private static let initMode = modeRule(
    "K6217", "/sbin/init", [0o755, 0o775, 0o555],
    { $0.conf?.value("boot.systemd") == nil ? nil : "sbin/init" })

  private static let passwd = Rule(
    "K6218", .error, "/etc/passwd is well-formed", remedy: "fix the line; `pwck -r` checks all"
  ) { image in
    guard image.tree.file("etc/passwd") != nil else {
      return [
        Finding(
          "there is no /etc/passwd",
          remedy: "put one there that has root: Debian's is "
            + "/usr/share/base-passwd/passwd.master, of the package base-passwd")
      ]
    }
    var seen: Set<Int> = []
    var findings: [Finding] = []
    for line in image.passwd {
      let message: String? =
        if let user = line.user {
          !seen.insert(user.uid).inserted
            ? "the uid \(user.uid) comes twice"
            : user.uid == 0 && user.name != "root" ? "uid 0 is not `root`" : nil
        } else {
          "the line is malformed"
        }
      if let message {
        findings.append(Finding(message, at: "etc/passwd", line: line.line, excerpt: line.text))
      }
    }
    let root = Finding(
      "nobody has uid 0", at: "etc/passwd", remedy: "add `root:x:0:0:root:/root:/bin/bash` to it")
    return seen.contains(0) ? findings : findings + [root]
  }

  private static let passwdMode = modeRule(
    "K6219", "/etc/passwd", [0o644, 0o664], { _ in "etc/passwd" })

  private static let shadow = Rule(
    "K6220", .error, "/etc/shadow exists", remedy: "run `pwconv`"
  ) { image in
    image.tree.file("etc/shadow") == nil ? [Finding("there is no /etc/shadow")] : []
  }

  private static let shadowMode = Rule(
    "K6221", .warning, "/etc/shadow is root's and nobody else's to read",
    remedy: "`chmod 640` and `chown root:shadow`"
  ) { image in
    modes(image, "etc/shadow", [0o640, 0o600, 0], anyGroup: true)
  }

  private static let shells = Rule(
    "K6222", .error, "/bin/sh, and /bin/bash if it is there, are programs of this machine",
    remedy: "build the image for the machine's architecture"
  ) { image in
    binary(image, "bin/sh", isRequired: true) + binary(image, "bin/bash", isRequired: false)
  }

  private static let shellMode = Rule(
    "K6223", .warning, "/bin/sh and /bin/bash are root's, 0755", remedy: "`chmod 755`, `chown 0:0`"
  ) { image in
    ["bin/sh", "bin/bash"].flatMap { modes(image, $0, [0o755, 0o775, 0o555]) }
  }

  private static let units = Rule(
    "K6224", .warning, "No unit is enabled that works against WSL",
    remedy: "mask it: `ln -s /dev/null /etc/systemd/system/UNIT`"
  ) { image in
    let folders = ["etc/systemd", "usr/lib/systemd", "usr/local/lib/systemd"].flatMap {
      ["\($0)/system", "\($0)/user"]
    }
    return folders.flatMap { folder in
      image.tree.names(in: folder).filter { $0.hasSuffix(".target.wants") }.flatMap { wants in
        image.tree.names(in: "\(folder)/\(wants)").compactMap { unit in
          guard DiscouragedUnits.masked.contains(unit), !isMasked(image, unit, in: folder),
            image.tree.entry("\(folder)/\(wants)/\(unit)")?.linkTarget != "/dev/null"
          else { return nil }
          return Finding("\(unit) is enabled", at: "\(folder)/\(wants)/\(unit)")
        }
      }
    }
  }
}

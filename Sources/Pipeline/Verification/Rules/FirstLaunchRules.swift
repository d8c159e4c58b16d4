import Content
import Diagnostics
import Recipes
import WSL

/// What the first start of the distribution needs.
enum FirstLaunchRules {
  static let all: [Rule] = [
    session, defaultUser, rootUser, nobody, fstab, locale, resolver, machineID, passwords, kernel,
    sharedKeys,
  ]

  private static let session = Rule(
    "K6301", .error, "With `boot.systemd`, a login brings up the user's systemd",
    remedy: "install login, dbus, libpam-systemd and systemd-sysv"
  ) { image in
    guard image.hasSystemd else { return [] }
    let needed = [
      (["bin/login"], "login"), (["usr/bin/dbus-daemon", "usr/bin/dbus-broker-launch"], "dbus"),
      (["usr/lib/systemd/system/user@.service"], "systemd"),
    ]
    let missing = needed.filter { !$0.0.contains(where: image.tree.exists) }.map {
      Finding("/\($0.0[0]) is missing (package \($0.1))")
    }
    let modules =
      ["usr/lib/\(image.architecture.multiarch)/security", "usr/lib64/security"]
      + ["lib/\(image.architecture.multiarch)/security", "usr/lib/security"]
    let hasModule = modules.contains { image.tree.exists("\($0)/pam_systemd.so") }
    return missing
      + (hasModule
        ? [] : [Finding("pam_systemd.so is missing (package libpam-systemd)", reason: reason)])
  }

  private static let reason =
    "WSL runs `login -f USER` and waits for user@UID.service: without it, no user bus"

  private static let defaultUser = Rule(
    "K6302", .error, "The default user exists", remedy: "make the user, or correct `user.default`"
  ) { image in
    guard let entry = image.conf?.entry("user.default"),
      !image.passwd.contains(where: { $0.user?.name == entry.value })
    else { return [] }
    return [
      Finding(
        "`user.default` names `\(entry.value)`, who is not in /etc/passwd", at: "etc/wsl.conf",
        line: entry.line, excerpt: image.conf?.excerpt(entry.line) ?? "")
    ]
  }

  private static let rootUser = Rule(
    "K6303", .warning, "An image for `wsl --import` has a default user",
    remedy: "make a user and set `user.default` in /etc/wsl.conf"
  ) { image in
    image.flavour == .importing && (image.conf?.value("user.default") ?? "").isEmpty
      ? [Finding("after `wsl --import` everybody is root: `user.default` is not set")] : []
  }

  private static let nobody = Rule(
    "K6304", .warning, "A `.wsl` has a way to make the first user",
    remedy: "set `oobe.command` to a script that makes the user of `oobe.defaultUid`"
  ) { image in
    guard image.flavour == .fromFile, image.distribution != nil else { return [] }
    let command = image.distribution?.value("oobe.command") ?? ""
    let uid = image.distribution?.value("oobe.defaultUid") ?? ""
    let exists = image.passwd.contains { $0.user.map { String($0.uid) } == uid }
    if command.isEmpty, !exists {
      return [Finding("there is no `oobe.command` and no user of `oobe.defaultUid`")]
    }
    return uid.isEmpty ? [Finding("`oobe.defaultUid` is not set: people start as root")] : []
  }

  private static let fstab = Rule(
    "K6305", .warning, "/etc/fstab is empty",
    remedy: "empty it, or set `automount.mountFsTab=false`"
  ) { image in
    guard image.conf?.boolean("automount.mountFsTab") != false else { return [] }
    return image.lines("etc/fstab").filter { line in
      guard let first = line.text.first(where: { $0 != " " && $0 != "\t" }) else { return false }
      return first != "#"
    }.map {
      Finding("WSL mounts this at each start", at: "etc/fstab", line: $0.number, excerpt: $0.text)
    }
  }

  private static let locale = Rule(
    "K6306", .warning, "LANG is set to a locale of the image",
    remedy: "set LANG=C.UTF-8 in /etc/default/locale, or generate the locale (locale-gen)"
  ) { image in
    let file = image.tree.resolve("etc/default/locale") ?? "etc/default/locale"
    guard let line = image.lines(file).last(where: { $0.text.hasPrefix("LANG=") }) else {
      let isNew = image.lines("etc/locale.conf").contains { $0.text.hasPrefix("LANG=") }
      return [
        Finding(
          "/etc/default/locale sets no LANG",
          reason: isNew ? "WSL reads /etc/locale.conf from 2.9.4 on only" : nil)
      ]
    }
    let value = line.text.dropFirst(5)
    let name = value.filter { $0 != "\"" && $0 != "'" }
    if name.count < value.count {
      return [
        Finding(
          "LANG is in quotes", at: file, line: line.number, excerpt: line.text,
          reason: "WSL up to 2.9.4 takes them for a part of the name",
          remedy: "write LANG=\(name) without quotes")
      ]
    }
    guard !exists(name, image) else { return [] }
    return [
      Finding(
        "the locale `\(name)` is not in the image", at: file, line: line.number,
        excerpt: line.text,
        remedy: normalized(name) == "c.utf8" ? "install libc-bin, which brings it" : nil)
    ]
  }

  /// A folder of its own, or the archive that locale-gen fills, whose names are not read here.
  private static func exists(_ name: String, _ image: ImageUnderTest) -> Bool {
    if ["C", "POSIX"].contains(name) { return true }
    let wanted = normalized(name)
    let folder = "usr/lib/locale"
    let names = image.tree.names(in: folder)
    return names.contains { normalized($0) == wanted }
      || (names.contains("locale-archive") && generated(image).contains(wanted))
  }

  private static func generated(_ image: ImageUnderTest) -> [String] {
    guard image.tree.exists("etc/locale.gen") else { return [] }
    return image.lines("etc/locale.gen").compactMap { line in
      line.text.split(separator: " ").first.map { normalized(String($0)) }
    }
  }

  /// As the C library compares character set names: `UTF-8` is `utf8`.
  private static func normalized(_ name: String) -> String {
    name.lowercased().filter { $0 != "-" }
  }

  private static let resolver = Rule(
    "K6308", .warning, "There is no /etc/resolv.conf", remedy: "remove it: WSL writes its own"
  ) { image in
    image.tree.entry("etc/resolv.conf") != nil
      && image.conf?.boolean("network.generateResolvConf") != false
      ? [Finding("the image brings an /etc/resolv.conf", at: "etc/resolv.conf")] : []
  }

  private static let machineID = Rule(
    "K6309", .warning, "The image has no machine id of its own",
    remedy: "empty /etc/machine-id and remove /var/lib/dbus/machine-id"
  ) { image in
    ["etc/machine-id", "var/lib/dbus/machine-id"].filter { path in
      let text = image.text(path) ?? ""
      return !text.isEmpty && text != "uninitialized\n"
    }.map { (path: String) in Finding("every machine would have the id of /\(path)", at: path) }
  }

  private static let passwords = Rule(
    "K6310", .warning, "There are no password hashes",
    remedy: "lock the account (`passwd -l`), and let its user set the password"
  ) { image in
    ["etc/shadow", "etc/passwd"].flatMap { path in
      image.lines(path).compactMap { line in
        let fields = line.text.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count > 2, let name = fields.first, isHash(fields[1]) else { return nil }
        return Finding("the user `\(name)` has a password hash in the image", at: path)
      }
    }
  }

  private static func isHash(_ field: Substring) -> Bool {
    let hash = field.drop { $0 == "!" }
    return !hash.isEmpty && hash != "*" && hash != "x"
  }

  private static let kernel = Rule(
    "K6311", .warning, "There is no kernel and no initramfs",
    remedy: "remove the linux-image and initramfs packages: WSL has its own kernel"
  ) { image in
    let names = ["vmlinuz", "vmlinux", "initrd", "initramfs"]
    return image.tree.names(in: "boot").filter { name in names.contains { name.hasPrefix($0) } }
      .map { Finding("/boot/\($0) is never used", at: "boot/\($0)") }
  }

  private static let sharedKeys = Rule(
    "K6312", .warning, "There are no keys that every machine would share",
    remedy: "remove them in a `run` step and let each machine make its own: `ssh-keygen -A`, "
      + "`make-ssl-cert generate-default-snakeoil`, `rndc-confgen -a`, `mungekey --create`"
  ) { image in
    let host = image.tree.names(in: "etc/ssh").filter {
      $0.hasPrefix("ssh_host_") && $0.hasSuffix("_key")
    }.map { "etc/ssh/\($0)" }
    return (host + scriptsKeys.filter(image.tree.exists)).map {
      Finding("every machine would have the key of /\($0), and each build another one", at: $0)
    }
  }

  /// What maintainer scripts of ssl-cert, bind9 and munge make.
  private static let scriptsKeys = [
    "etc/ssl/private/ssl-cert-snakeoil.key", "etc/bind/rndc.key", "etc/munge/munge.key",
  ]
}

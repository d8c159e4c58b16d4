import Content
public import Recipes
import SystemPackage

/// What WSL needs in an image, from the recipe: files, links, masked units, and what must go.
public enum WSLFiles {
  /// What every flavour has.
  public static func common(recipe: Recipe) throws(WSLError) -> [GeneratedFile] {
    var files: [GeneratedFile] = [
      // WSL writes ld.wsl.conf into it at each start, and never makes it (WSL#10595).
      GeneratedFile("etc/ld.so.conf.d", mode: 0o755, .directory),
      .text("etc/fstab", "# WSL runs `mount -a` at each start; the host mounts everything else.\n"),
      .text("etc/default/locale", "LANG=\(recipe.locale)\n"),
      // Empty, not absent: systemd then makes one at the first start without its first-boot work.
      .text("etc/machine-id", ""),
    ]
    if recipe.asks(for: "locales"), let text = localeGen(recipe.locale) {
      files.append(.text("etc/locale.gen", text))
    }
    // WSL writes the first two; a machine id must be the machine's own.
    files += ["etc/resolv.conf", "etc/hostname", "var/lib/dbus/machine-id"].map {
      GeneratedFile($0, mode: 0, .removed)
    }
    files += DiscouragedUnits.masked.map {
      .link("etc/systemd/system/\($0)", to: "/dev/null")
    }
    files += try LoginEnvironment.files(recipe)
    files += loaderLinks(recipe)
    files += try DistributionFiles(recipe).shared
    return files.sorted { $0.path < $1.path }
  }

  /// What one flavour has of its own.
  public static func flavour(
    _ flavour: WSLSettings.Flavour, recipe: Recipe
  ) throws(WSLError) -> [GeneratedFile] {
    let distribution = try DistributionFiles(recipe)
    var files: [GeneratedFile] = []
    if let text = try conf(flavour, recipe) { files.append(.text("etc/wsl.conf", text)) }
    let settings = try WSLConfiguration.text(distribution.settings(flavour))
    if !settings.isEmpty { files.append(.text("etc/wsl-distribution.conf", settings)) }
    if flavour == .fromFile, distribution.needsScript {
      let script = try OutOfBoxScript(recipe, uid: distribution.defaultUid)
      files.append(.text(DistributionFiles.scriptPath, mode: 0o755, script.text))
    }
    return files.sorted { $0.path < $1.path }
  }

  private static func conf(
    _ flavour: WSLSettings.Flavour, _ recipe: Recipe
  ) throws(WSLError) -> String? {
    var conf = recipe.wsl.conf
    if recipe.asks(for: "systemd-sysv"), conf.setting("boot.systemd") == nil {
      conf["boot", default: [:]]["systemd"] = .boolean(true)
    }
    switch flavour {
    case .fromFile: conf.remove("user.default")
    case .importing:
      if conf.setting("user.default") == nil, let user = recipe.users.first {
        conf["user", default: [:]]["default"] = .text(user.name)
      }
    }
    let text = try WSLConfiguration.text(conf)
    return text.isEmpty ? nil : text
  }

  /// `locale-gen` makes what this names; C.UTF-8 comes with the C library, and the package's own
  /// list of what one could choose then stays.
  private static func localeGen(_ locale: String) -> String? {
    if ["C", "POSIX", "C.UTF-8", "C.utf8"].contains(locale) { return nil }
    let charset = locale.split(separator: ".").dropFirst().first.map(String.init) ?? "ISO-8859-1"
    return "\(locale) \(charset)\n"
  }

  /// The loader's cache gets `libcuda.so.1` only, and programs ask for `libcuda.so` (WSL#8587).
  private static func loaderLinks(_ recipe: Recipe) -> [GeneratedFile] {
    switch recipe.gpu?.backend {
    case .cuda:
      [
        .link(
          "usr/lib/\(recipe.architecture.multiarch)/libcuda.so",
          to: "\(LoginEnvironment.hostFolder)/libcuda.so.1")
      ]
    case .directml, .cpu, nil: []
    }
  }
}

extension WSLSettings.Configuration {
  /// The value of `section.key`, compared as WSL does: without regard to case.
  public func setting(_ name: String) -> WSLSettings.Value? {
    for (section, values) in self {
      for (key, value) in values where "\(section).\(key)".lowercased() == name.lowercased() {
        return value
      }
    }
    return nil
  }

  mutating func remove(_ name: String) {
    for (section, values) in self {
      self[section] = values.filter { "\(section).\($0.key)".lowercased() != name.lowercased() }
    }
  }

  mutating func set(_ name: (section: String, key: String), _ value: WSLSettings.Value) {
    remove("\(name.section).\(name.key)")
    self[name.section, default: [:]][name.key] = value
  }
}

import Content
public import Diagnostics
import FileSystem
public import Recipes
import SystemPackage
import WSL

/// What can be said of a recipe before anything is downloaded.
public enum RecipeLint {
  /// Everything that a recipe gets wrong about WSL and the GPU, errors first.
  public static func lint(_ recipe: Recipe) -> [Diagnostic] {
    // What a tarball holds is seen in the finished image only.
    let isWhole = if case .tarball = recipe.base { false } else { true }
    let content = isWhole ? systemd(recipe) + users(recipe) : []
    return VerificationReport.sorted(
      drivers(recipe) + content + distributionFiles(recipe) + writable(recipe))
  }

  private static func drivers(_ recipe: Recipe) -> [Diagnostic] {
    names(recipe).filter { DriverPackages.contains($0) }.map { name in
      Diagnostic(
        code: "K6451", message: "\(name) brings a Linux GPU driver, which hides the host's",
        place: recipe.packages.first { PackageRequest($0).name == name }
          .flatMap { recipe.place(ofPackage: $0) },
        reason: "the recipe asks for it",
        remedy: "ask for the toolkit (cuda-toolkit-X-Y) or the wheels: the driver is Windows' own")
    }
  }

  /// The packages that are asked for, without versions, suites and architectures.
  private static func names(_ recipe: Recipe) -> [String] {
    recipe.packageRequests.map(\.name)
  }

  private static func systemd(_ recipe: Recipe) -> [Diagnostic] {
    let asked = recipe.wsl.conf.setting("boot.systemd")?.text.lowercased()
    let names = names(recipe)
    let isOn = names.contains("systemd-sysv") ? asked ?? "true" : asked ?? "false"
    guard ["true", "1"].contains(isOn) else { return [] }
    // `login` is essential up to Debian 12; asking for it is right everywhere.
    let missing = ["systemd-sysv", "dbus", "libpam-systemd", "login"].filter {
      !names.contains($0)
    }
    guard !missing.isEmpty else { return [] }
    return [
      Diagnostic(
        severity: missing.contains("systemd-sysv") ? .error : .warning, code: "K6452",
        message: "`boot.systemd` is set, but the recipe does not ask for "
          + missing.joined(separator: ", "),
        place: recipe.places["wsl.conf.boot.systemd"],
        reason: "WSL runs /sbin/init, then `login -f USER`, and waits for user@UID.service",
        remedy: "add \(missing.joined(separator: ", ")) to `packages`")
    ]
  }

  private static func users(_ recipe: Recipe) -> [Diagnostic] {
    var found: [Diagnostic] = []
    if recipe.wsl.install.contains(.importing), recipe.users.isEmpty,
      recipe.wsl.conf.setting("user.default") == nil
    {
      found.append(
        Diagnostic(
          severity: .warning, code: "K6454",
          message: "after `wsl --import` everybody is root: the recipe makes no user",
          remedy: "add one to `users`"))
    }
    if let uid = recipe.wsl.distribution.setting("oobe.defaultUid")?.text, uid != "1000",
      recipe.wsl.install.contains(.fromFile)
    {
      found.append(
        Diagnostic(
          severity: .warning, code: "K6455", message: "`oobe.defaultUid` is \(uid)",
          place: recipe.places["wsl.distribution.oobe.defaultUid"],
          reason: "Microsoft's validator wants 1000", remedy: "set it to 1000"))
    }
    if let user = recipe.users.firstIndex(where: { $0.sudo != .none }),
      names(recipe).allSatisfy({ !["sudo", "sudo-ldap", "sudo-rs"].contains($0) })
    {
      found.append(
        Diagnostic(
          code: "K6456", message: "a user may use sudo, but the recipe does not ask for it",
          place: recipe.places["users[\(user)].sudo"],
          remedy: "add sudo to `packages`"))
    }
    return found
  }

  private static func distributionFiles(_ recipe: Recipe) -> [Diagnostic] {
    let names = ["shortcut.icon", "windowsterminal.profileTemplate"]
    var found = names.compactMap { name in
      recipe.wsl.distribution.setting(name).flatMap { file(recipe, name, $0.text) }
    }
    if recipe.wsl.install.contains(.fromFile),
      recipe.wsl.distribution.setting("shortcut.icon") == nil
    {
      found.append(
        Diagnostic(
          severity: .warning, code: "K6458", message: "the recipe has no icon",
          reason: "Microsoft's validator wants `shortcut.icon`",
          remedy: "set `wsl.distribution.shortcut.icon` to an .ico file of the recipe's folder"))
    }
    return found
  }

  private static func file(_ recipe: Recipe, _ name: String, _ value: String) -> Diagnostic? {
    guard !value.isAbsolutePath, !value.isEmpty else { return nil }
    let path = recipe.directory.appending(value)
    let isIcon = name == "shortcut.icon"
    var reason = "it is not in the recipe's folder"
    if let status = try? Files.status(path), status.kind == .file {
      if status.size > AcceptanceRules.sizeLimit {
        reason = "it has \(status.size) bytes, and WSL reads at most 1 MiB"
      } else {
        let bytes = (try? Files.read(path, limit: Int(AcceptanceRules.sizeLimit))) ?? []
        let fault = isIcon ? ShownFile.faultOfIcon(bytes) : ShownFile.faultOfProfile(bytes)
        guard let fault else { return nil }
        reason = "it " + fault
      }
    }
    return Diagnostic(
      code: "K6457", message: "WSL could not read the file that `\(name)` names",
      place: .init(file: path.string), reason: reason,
      remedy: "name \(isIcon ? "an .ico file" : "JSON") of at most 1 MiB")
  }

  /// What the `wsl` section, the users and the environment would fail with later.
  private static func writable(_ recipe: Recipe) -> [Diagnostic] {
    do throws(WSLError) {
      _ = try WSLFiles.common(recipe: recipe)
      for flavour in recipe.wsl.install { _ = try WSLFiles.flavour(flavour, recipe: recipe) }
      return []
    } catch {
      return error.diagnostics
    }
  }
}

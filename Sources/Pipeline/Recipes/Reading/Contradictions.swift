import Content
import Diagnostics
import FileSystem

extension Decoding {
  /// Finds what is wrong between values that are right each by itself. Keys in which something is
  /// wrong already are left alone.
  mutating func checkContradictions(_ recipe: Recipe) {
    let packages = recipe.packageRequests.map {
      recipe.isOwn($0) ? $0.name : "\($0.name):\($0.architecture ?? "")"
    }
    checkDuplicates("packages", packages) { "packages[\($0)]" }
    checkDuplicates("sources", recipe.sources.map(\.name)) { "sources[\($0)].name" }
    checkDuplicates("users", recipe.users.map(\.name)) { "users[\($0)].name" }
    checkUIDs(recipe)
    checkDuplicates("files", recipe.files.map(\.to)) { "files[\($0)].to" }
    checkDuplicates("run", recipe.run.map(\.name)) { "run[\($0)].name" }
    checkDuplicates("wsl", recipe.wsl.install.map(\.rawValue)) { "wsl.install[\($0)]" }
    checkWheels(recipe)
    checkExclusions(recipe)
    checkSourceNames(recipe)
    checkUserNames(recipe)
    checkDefaultUser(recipe)
    checkLocale(recipe)
    checkInstall(recipe)
    checkFiles(recipe)
  }

  private mutating func checkFiles(_ recipe: Recipe) {
    guard !failed.contains("files") else { return }
    for (index, file) in recipe.files.enumerated() {
      let here = place("files[\(index)].to")
      let top = file.to.pathComponents.first ?? ""
      if EmptiedFolders.names.contains(top) {
        report(
          .contradiction, at: here,
          "nobody would see `\(file.to)`: images have /\(top) empty, for the system that runs",
          remedy: "put it elsewhere; what only a step needs goes into its `inputs`")
      }
      if let user = recipe.interactiveUser, failed.isDisjoint(with: ["users", "wsl"]),
        (file.to + "/").isInside("/home/\(user.name)")
      {
        report(
          .contradiction, at: here,
          "`\(file.to)` is in a home that only the first launch makes, maybe under another name",
          remedy: "put it below /etc/skel, from which such a home is filled; or make no `from-file`"
        )
      }
    }
  }

  private mutating func checkDuplicates(
    _ key: String, _ names: [String], path: (Int) -> String
  ) {
    guard !failed.contains(key) else { return }
    // By bytes: two files may have names that look the same.
    var first: PathTable<Int> = [:]
    for (index, name) in names.enumerated() {
      guard let earlier = first[name] else {
        first[name] = index
        continue
      }
      let before = place(path(earlier))
      let here = place(path(index))
      let isExtended = before?.file != here?.file
      let removal = key == "users" || key == "run" ? "\(key)[…]" : "\(key)[\(name)]"
      report(
        .duplicate, at: here, "`\(name)` stands in `\(key)` a second time",
        reason: before.map { "first at \($0)" },
        remedy: isExtended ? "take the first one away with `remove: [\"\(removal)\"]`" : nil)
    }
  }

  private mutating func checkUIDs(_ recipe: Recipe) {
    guard !failed.contains("users") else { return }
    var first: [UInt32: Int] = [:]
    for (index, user) in recipe.users.enumerated() {
      guard let earlier = first[user.uid] else {
        first[user.uid] = index
        continue
      }
      let isDefault = [earlier, index].contains { places["users[\($0)].uid"] == nil }
      report(
        .duplicate, at: place("users[\(index)].uid"),
        "`\(recipe.users[earlier].name)` and `\(user.name)` have the same uid, \(user.uid)"
          + (isDefault ? " (the default)" : ""),
        reason: place("users[\(earlier)].uid").map { "first at \($0)" },
        remedy: "give `\(user.name)` another `uid`")
    }
  }

  /// The place of a value, or of what holds it where it is a fallback.
  private func place(_ path: String) -> Diagnostic.Place? {
    places[path] ?? path.lastIndex(of: ".").flatMap { places[String(path[..<$0])] }
  }

  private mutating func checkSourceNames(_ recipe: Recipe) {
    let taken = [
      "debian", "debian-security", "ubuntu", "ubuntu-security", "pypi", "python-index", "recipe",
    ]
    for (index, source) in recipe.sources.enumerated()
    where taken.contains(source.name) && !failed.contains("sources") {
      report(
        .contradiction, at: place("sources[\(index)].name"),
        "`\(source.name)` is the name of one of kiln's own sources",
        remedy: "give it another name")
    }
  }

  /// The lock has one version of a project that files are taken out of.
  private mutating func checkWheels(_ recipe: Recipe) {
    guard !failed.contains("files") else { return }
    var first: [String: (requirement: String, index: Int)] = [:]
    for (index, entry) in recipe.files.enumerated() {
      guard case .member(_, of: .wheel(let requirement)) = entry.source else { continue }
      let project = ProjectName.ofRequirement(requirement)
      guard let other = first[project], other.requirement != requirement else {
        first[project] = first[project] ?? (requirement, index)
        continue
      }
      report(
        .contradiction, at: place("files[\(index)].wheel"),
        "`\(requirement)` is not what another file asks of `\(project)`",
        reason: place("files[\(other.index)].wheel").map { "`\(other.requirement)` at \($0)" },
        remedy: "write the same at both")
    }
  }

  private mutating func checkExclusions(_ recipe: Recipe) {
    guard !failed.contains("python"), let python = recipe.python else { return }
    let wanted = Set(python.requirements.map { ProjectName.ofRequirement($0) })
    for (index, name) in python.exclude.enumerated()
    where wanted.contains(ProjectName.normalized(name)) {
      report(
        .contradiction, at: place("python.exclude[\(index)]"),
        "`\(name)` is excluded, and `python.requirements` asks for it",
        remedy: "remove it from one of the two")
    }
  }

  private mutating func checkUserNames(_ recipe: Recipe) {
    for (index, user) in recipe.users.enumerated()
    where user.name == "root" && !failed.contains("users") {
      report(
        .contradiction, at: place("users[\(index)].name"), "every image has `root` already",
        remedy: "remove it from `users`")
    }
  }

  private mutating func checkDefaultUser(_ recipe: Recipe) {
    guard failed.isDisjoint(with: ["wsl", "users", "base"]),
      case .text(let name)? = recipe.wsl.conf["user"]?["default"],
      name != "root", !recipe.users.contains(where: { $0.name == name })
    else { return }
    if case .tarball = recipe.base { return }
    report(
      .contradiction, at: place("wsl.conf.user.default"),
      "the default user `\(name)` is not among the recipe's users",
      remedy: nearest(to: name, among: recipe.users.map(\.name)).map { "did you mean `\($0)`?" }
        ?? "add it to `users`")
  }

  private mutating func checkLocale(_ recipe: Recipe) {
    guard failed.isDisjoint(with: ["locale", "packages", "base"]), recipe.locale != "C.UTF-8"
    else { return }
    if case .tarball = recipe.base { return }
    let names = recipe.packageRequests.map(\.name)
    guard !names.contains("locales"), !names.contains("locales-all") else { return }
    report(
      .contradiction, at: place("locale"),
      "the locale `\(recipe.locale)` needs the package `locales`",
      remedy: "add `locales` to `packages`, or use `C.UTF-8`")
  }

  private mutating func checkInstall(_ recipe: Recipe) {
    guard recipe.wsl.install.isEmpty, !failed.contains("wsl") else { return }
    report(
      .contradiction, at: place("wsl.install"), "`wsl.install` names no file to make",
      remedy: "write `import`, `from-file` or both, or remove the key")
  }
}

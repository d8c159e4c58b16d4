import Content
import FileSystem
import Recipes
import Sandbox
import WSL

extension RootfsBuilder {
  /// Why a user or group of the recipe is not there yet; nil for one that never will be.
  static func lateness(_ name: String, _ recipe: Recipe) -> String? {
    recipe.interactiveUser?.name == name
      ? "it is made after the steps, since the .wsl asks for the user at its first start" : nil
  }

  /// Makes the users that every flavour has: all but the one that the out-of-box script makes.
  func makeCommonUsers(
    _ recipe: Recipe, on chain: inout LayerChain
  ) async throws(RootfsError) {
    let users = recipe.users.filter { $0 != recipe.interactiveUser }
    guard !users.isEmpty else { return }
    let script = UserScript(users).text
    let description = LayerChain.Description(
      stage: .files, name: "users", origin: Origin(.user),
      inputs: [LayerInput("the users", script), epochInput])
    try await chain.add(description, in: store, privileges: sandbox.privileges) {
      (place) async throws(RootfsError) in
      try await makeUsers(script, users, in: place)
      return MadeLayer()
    }
  }

  /// The layer that one flavour has on top: its WSL configuration, and the user where the image is
  /// not asked for one.
  func layer(
    of flavour: WSLSettings.Flavour, _ recipe: Recipe, on chain: inout LayerChain
  ) async throws(RootfsError) -> Layer {
    let clock = ContinuousClock()
    let start = clock.now
    let users = flavour == .importing ? [recipe.interactiveUser].compactMap(\.self) : []
    let script = UserScript(users).text
    let files: [PlannedFile]
    do throws(WSLError) {
      files = try WSLFiles.flavour(flavour, recipe: recipe).map { PlannedFile($0, recipe) }
    } catch { throw RootfsError(error) }
    let description = LayerChain.Description(
      stage: .files, name: "flavour \(flavour.rawValue)", origin: Origin(.wsl),
      inputs: [LayerInput("the users", users.isEmpty ? "" : script), epochInput]
        + (try PlannedFile.keys(files, recipe)))
    let (layer, _, reused) = try await chain.layer(description, store, sandbox.privileges) {
      (place) async throws(RootfsError) in
      var owners: PathTable<Origin> = [:]
      if !users.isEmpty {
        try await makeUsers(script, users, in: place)
        do throws(FileError) {
          try Files.walk(place.upper) { path, _ in
            owners[path] = Origin(.user)
            return true
          }
        } catch { throw RootfsError(error) }
      }
      for (path, origin) in try PlannedFile.put(files, recipe, in: place).elements {
        owners[path] = origin
      }
      return MadeLayer(owners: owners)
    }
    chain.report(
      .init(
        stage: .files, name: description.name, reused: reused,
        milliseconds: Int64((clock.now - start) / .milliseconds(1))))
    return layer
  }

  private func makeUsers(
    _ script: String, _ users: [Recipe.User], in place: Workplace
  ) async throws(RootfsError) {
    let command = SandboxCommand(
      layers: place.lower, writes: place.writes, arguments: ["/bin/sh", "-e", "-c", script],
      environment: scriptEnvironment)
    do throws(SandboxError) {
      try await sandbox.run(command) { _, line in progress(.output(.files, line)) }
    } catch {
      throw RootfsError(error, .userNotMade, users.map(\.name).joined(separator: ", "))
    }
  }
}

/// The image's own `useradd` for a recipe's users: passwd, shadow, group, gshadow, subordinate ids
/// and the home from `/etc/skel`, as its distribution does it.
struct UserScript {
  let text: String

  /// Where a home waits that was there before its user.
  private static let aside = "/home/.kiln"

  init(_ users: [Recipe.User]) {
    var lines = ["cd /"]
    for user in users {
      for group in user.groups {
        // Groups like `render` come with packages that an image need not have.
        lines.append("getent group '\(group)' >/dev/null || groupadd --system '\(group)'")
      }
      let groups = user.groups.isEmpty ? "" : " --groups '\(user.groups.joined(separator: ","))'"
      let home = "/home/\(user.name)"
      // useradd neither fills nor gives away a home that is there already, such as one that a step made.
      lines.append("if [ -d '\(home)' ]; then mv '\(home)' \(Self.aside); fi")
      lines.append(
        "useradd --uid \(user.uid) --user-group --create-home --no-log-init"
          + " --shell '\(user.shell)'\(groups) '\(user.name)'")
      lines += [
        "if [ -d \(Self.aside) ]; then",
        "find \(Self.aside) -mindepth 1 -maxdepth 1 -exec cp -a -t '\(home)' {} +",
        "rm -r \(Self.aside)", "fi",
      ]
      // Locked until its owner sets a password: an image must not ship one.
      lines.append("usermod --lock '\(user.name)'")
      lines += Self.sudo(user)
    }
    lines += [
      "rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid-",
      "rm -f /etc/.pwd.lock",
    ]
    text = lines.joined(separator: "\n")
  }

  private static func sudo(_ user: Recipe.User) -> [String] {
    let rule: String
    switch user.sudo {
    case .none: return []
    case .password: rule = "\(user.name) ALL=(ALL:ALL) ALL"
    case .nopasswd: rule = "\(user.name) ALL=(ALL:ALL) NOPASSWD: ALL"
    }
    let path = "/etc/sudoers.d/kiln-\(user.name)"
    return [
      "test -d /etc/sudoers.d || { echo 'sudo is not in the image: add it to packages'; exit 1; }",
      "echo '\(rule)' > \(path)", "chmod 440 \(path)",
    ]
  }
}

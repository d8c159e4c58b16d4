import Commands
import FileSystem
import SystemPackage
import TestSupport

/// Somebody who is not root, with kiln, recipes and downloads of their own: what root has, they may
/// not read.
struct OrdinaryUser {
  /// As `make test-end-to-end` makes it.
  static let name = "kiln-tester"

  static var exists: Bool {
    ["/etc/subuid", "/etc/subgid"].allSatisfy { path in
      let text = (try? Files.readText(FilePath(path))) ?? ""
      return text.split(separator: "\n").contains { $0.hasPrefix("\(name):") }
    }
  }

  let home: FilePath

  /// - Parameters:
  ///   - recipes: the folder that the user has a copy of.
  ///   - artifacts: whose downloads the user has copies of.
  static func settled(
    in folder: FilePath, recipes: FilePath = KilnProgram.recipes, artifacts: KilnProgram
  ) async throws -> OrdinaryUser {
    let home = folder.appending("user")
    let program = home.appending("bin")
    try Files.makeDirectories(program)
    for folder in [folder, home] { try Files.setPermissions(0o755, of: folder) }
    let built = FilePath(KilnProgram.path).removingLastComponent()
    for name in try Files.entries(built)
    where name == "kiln" || name.hasPrefix("gpu-smoke-test-") {
      let copy = program.appending(name)
      try Files.copy(built.appending(name), to: copy)
      try Files.setPermissions(0o755, of: copy)
    }
    let environment = ["PATH": TestEnvironment.path]
    try await Command(
      "cp", ["-R", recipes.string, home.appending("recipes").string],
      environment: environment
    ).run()
    // A link would be root's own file, and the user would become its owner.
    try await artifacts.copyArtifacts(to: home.appending("store"), linked: false)
    try await Command("chown", ["-R", "\(name):", home.string], environment: environment).run()
    return OrdinaryUser(home: home)
  }

  /// A build without network from what the user has.
  func build(_ recipe: String, to output: String) -> Command {
    Command(
      "setpriv",
      [
        "--reuid", Self.name, "--regid", Self.name, "--init-groups", "--inh-caps=-all",
        home.appending("bin/kiln").string, "build", home.appending("recipes/\(recipe)").string,
        "--locked", "--offline", "--progress", "none", "--output", home.appending(output).string,
      ],
      environment: [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home.string,
        "KILN_STORE": home.appending("store").string,
      ], timeout: 1800)
  }
}

import Commands
import Digests
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// Real packages, one lock, and everything around the build different: the same bytes of the images
/// and of all that stands beside them. `ReproducibilityTests` do it with a tiny archive.
@Suite(
  .serialized,
  .needs("KILN_E2E=1 and root", if: TestEnvironment.wantsEndToEnd && TestEnvironment.isRoot))
struct SurroundingsTests {
  /// The recipe that `make image` builds, and one of packages whose scripts do the most.
  private static let recipes = [
    KilnProgram.package.appending("Recipes/cuda-wsl.yaml"),
    KilnProgram.recipes.appending("scripts.yaml"),
  ]

  private func expectEqual(
    _ found: [String: SHA256Digest], _ expected: [String: SHA256Digest], _ title: String
  ) {
    let names = Set(found.keys).union(expected.keys)
    #expect(names.filter { found[$0] != expected[$0] }.sorted() == [], "\(title)")
  }

  /// Builds a copy of the recipes from nothing but downloads, in surroundings that a shell line makes.
  private func build(
    _ recipe: FilePath, in folder: FilePath, _ surroundings: String, _ variables: [String: String],
    jobs: Int
  ) async throws -> [String: SHA256Digest] {
    try Files.makeDirectories(folder)
    defer { try? Files.removeTree(folder) }
    let recipes = folder.appending("recipes")
    try await Command(
      "cp", ["-R", recipe.removingLastComponent().string, recipes.string],
      environment: ["PATH": TestEnvironment.path]
    ).run()
    let store = folder.appending("store")
    try await KilnProgram.shared().copyArtifacts(to: store, linked: false)
    let own = KilnProgram(store: store, home: folder)
    let kiln = own.command([
      "build", recipes.appending(recipe.lastComponent?.string ?? "").string, "--locked",
      "--offline", "--progress", "none", "--jobs", "\(jobs)", "--output",
      folder.appending("images").string,
    ])
    try await Command(
      "unshare", ["--uts", "--", "sh", "-c", surroundings, "sh", kiln.executable] + kiln.arguments,
      environment: kiln.environment.merging(variables) { $1 }, workingDirectory: folder,
      timeout: 1800
    ).run()
    return try fileDigests(in: folder.appending("images"))
  }

  /// In memory, where a folder lists its names in another order than on a disk; on the disk where
  /// there is not memory enough.
  private func otherFolder(_ folder: FilePath) throws -> FilePath {
    let memory: FilePath = "/dev/shm"
    let hasRoom = try Files.exists(memory) && Files.freeSpace(at: memory) > 8 << 30
    return (hasRoom ? memory : folder).appending("kiln a-\(UInt32.random(in: .min ... .max))")
  }

  @Test(arguments: recipes)
  func nothingAroundABuildShows(recipe: FilePath) async throws {
    let shared = KilnProgram.shared()
    try await withTemporaryFolder { folder in
      let output = folder.appending("first")
      // The lock of a recipe of the tests' own is made here.
      let words = ["--progress", "none", "--output", output.string]
      try await shared.command(["build", recipe.string] + words).run()
      let expected = try fileDigests(in: output)
      #expect(expected.count >= 6)

      let other = try otherFolder(folder)
      defer { try? Files.removeTree(other) }
      let faketime = Files.exists("/usr/bin/faketime") ? "faketime -f '+1000d x2'" : ""
      let strange = try await build(
        recipe, in: other.appending("deep/er"),
        "hostname elsewhere; umask 077; exec \(faketime) \"$@\"",
        [
          "TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX", "LANG": "tr_TR.UTF-8", "USER": "somebody",
          "LOGNAME": "somebody", "HOME": "/nonexistent", "TERM": "vt100", "COLUMNS": "20",
          "PYTHONHASHSEED": "7",
          // It would change the times of files that `stat` reads, too, as no clock does.
          "NO_FAKE_STAT": "1",
        ], jobs: 1)
      expectEqual(strange, expected, "another place, name, time zone, umask and clock, one job")
      let many = try await build(
        recipe, in: folder.appending("many"), "umask 000; exec \"$@\"", ["TZ": "Etc/GMT+12"],
        jobs: 8)
      expectEqual(many, expected, "eight jobs")
      if OrdinaryUser.exists {
        let user = try await OrdinaryUser.settled(
          in: folder, recipes: recipe.removingLastComponent(), artifacts: shared)
        try await user.build(recipe.lastComponent?.string ?? "", to: "images").run()
        expectEqual(
          try fileDigests(in: user.home.appending("images")), expected, "an ordinary user")
      }
      let image = try #require(expected.keys.first { $0.hasSuffix(".wsl") })
      let again = try await shared.command([
        "verify", output.appending(image).string, "--rebuild", "--recipe", recipe.string,
        "--progress", "none",
      ]).run()
      #expect(again.output.contains("the same bytes"))
    }
  }
}

import Commands
import FileSystem
import FoundationEssentials
import Needs
import SystemPackage
import TestSupport
import Testing

/// A store whose disk lost something: kiln says so, and knows the way out.
@Suite(.serialized, .needs("root", if: TestEnvironment.isRoot))
struct DamageTests {
  private struct Health: Decodable {
    struct Item: Decodable {
      let path: String
      let reason: String
      let removed: Bool
    }

    let damaged: [Item]
  }

  /// A path in one of the store's layers.
  private func place(_ path: String, _ kiln: KilnProgram) async throws -> FilePath {
    let found = try await Command(
      "sh", ["-c", "ls -d results/layer/*/*/\(path) | head -n 1"],
      environment: ["PATH": TestEnvironment.path], workingDirectory: kiln.store
    ).run().output
    return kiln.store.appending(String(found.dropLast()))
  }

  @Test(arguments: ["upper/greeting", "listing"], ["tar", "tar.gz"])
  func isFoundAndRepaired(part: String, format: String) async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      let build = ["build", "tiny.yaml", "--format", format, "--progress", "none"]
      try await kiln.command(build).run()
      let image = kiln.home.appending("Images/tiny.\(format)")
      let bytes = try Files.read(image)
      #expect(try await kiln.run("store", "verify").output == "everything is whole\n")

      let path = try await place(part, kiln)
      let status = try #require(try Files.status(path))
      try Files.write("", to: path, permissions: status.permissions)
      // What is compressed, and known, needs no layer any more.
      for folder in [
        "results/segment", "results/assembly", "results/beginning", "results/standing", "../Images",
      ] {
        try Files.removeTree(kiln.store.appending(folder))
      }
      var failing = kiln.command(build, accepted: [1])
      failing.workingDirectory = kiln.home
      let errors = try await failing.run().errors
      #expect(errors.contains("kiln store verify --repair"), "\(errors)")

      let health: Health = try await kiln.json(["store", "verify", "--json"], accepted: [1])
      let item = try #require(health.damaged.first)
      #expect(health.damaged.count == 1 && path.string.hasPrefix(item.path) && !item.removed)
      #expect(item.reason == "\(part) is not what it was made as")
      let repair = try await kiln.run("store", "verify", "--repair").output
      #expect(repair == "\(item.path): \(item.reason), removed\n")
      try await kiln.command(build).run()
      #expect(try Files.read(image) == bytes)
      #expect(try await kiln.run("store", "verify").output == "everything is whole\n")
    }
  }

  /// Which file it was is not in the words of Swift's debugger.
  @Test func anArtifactsDigestIsSaidInWords() async throws {
    try await KilnProgram.withTinyRecipe { kiln in
      try await kiln.run("build", "tiny.yaml", "--progress", "none")
      let artifact = try await Command(
        "sh", ["-c", "ls artifacts/*/*"], environment: ["PATH": TestEnvironment.path],
        workingDirectory: kiln.store
      ).run().output.dropLast()
      try Files.write("rotten", to: kiln.store.appending(String(artifact)))
      let health: Health = try await kiln.json(["store", "verify", "--json"], accepted: [1])
      #expect(health.damaged.first?.reason.contains(/^its SHA-256 is [0-9a-f]{64}$/) == true)
    }
  }
}

import Commands
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// Interruption, company, lack of network and of privileges, with the real program.
@Suite(
  .serialized,
  .needs("KILN_E2E=1 and root", if: TestEnvironment.wantsEndToEnd && TestEnvironment.isRoot))
struct BadGroundTests {
  private let recipe = KilnProgram.recipes.appending("bookworm.yaml").string

  /// A store of its own with the artifacts of the shared one, after one build has filled that.
  private func withFreshStore(
    _ body: (KilnProgram, FilePath) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let shared = KilnProgram.shared()
      try await shared.command(
        ["build", recipe, "--progress", "none", "--output", folder.appending("first").string]
      ).run()
      let fresh = KilnProgram(store: folder.appending("store"), home: shared.home)
      try Files.makeDirectories(fresh.store)
      try await shared.copyArtifacts(to: fresh.store)
      try await body(fresh, folder)
    }
  }

  private func build(_ kiln: KilnProgram, _ output: FilePath, _ more: [String] = []) -> Command {
    kiln.command(
      ["build", recipe, "--locked", "--offline", "--progress", "none", "--output", output.string]
        + more)
  }

  @Test func interruptedAtManyPointsTheNextBuildWorks() async throws {
    try await withFreshStore { kiln, folder in
      let output = folder.appending("images")
      for seconds in ["0.3", "1", "2", "4", "6", "9"] {
        var command = Command(
          "timeout",
          ["--signal=INT", "--kill-after=20", seconds, KilnProgram.path]
            + build(kiln, output).arguments, environment: build(kiln, output).environment)
        // 124: timeout sent its signal; 0: the build was done before.
        command.accepted = [0, 124]
        try await command.run()
        let left = (try? Files.entries(output)) ?? []
        #expect(!left.contains { $0.hasSuffix(".part") }, "after \(seconds) s: \(left)")
      }
      let processes = try await Command(
        "pgrep", ["-f", kiln.store.string], environment: ["PATH": TestEnvironment.path]
      ).runAccepting([0, 1])
      #expect(processes.output == "")
      try await build(kiln, output).run()
      #expect(try Files.entries(kiln.store.appending("work")).isEmpty)
    }
  }

  @Test func twoKilnsShareAStore() async throws {
    try await withFreshStore { kiln, folder in
      async let one = build(kiln, folder.appending("1")).run()
      async let two = build(kiln, folder.appending("2")).run()
      _ = try await (one, two)
      let sums = try ["1", "2"].map { name in
        let images = folder.appending(name)
        return try Files.entries(images).filter { $0.hasSuffix(".sha256") }.map {
          try Files.readText(images.appending($0))
        }
      }
      #expect(sums[0] == sums[1] && !sums[0].isEmpty)
    }
  }

  @Test func anEmptyStoreOfflineNamesWhatIsMissing() async throws {
    try await withTemporaryFolder { folder in
      try await KilnProgram.shared().command(["lock", recipe, "--progress", "none"]).run()
      let kiln = KilnProgram(store: folder.appending("store"), home: "/root")
      let result = try await build(kiln, folder.appending("images")).runAccepting([1])
      #expect(result.errors.contains("K32") && result.errors.contains("libc6"))
      #expect(result.errors.contains(#/1\d\d files \(\d+(\.\d)? MB\)/#), "\(result.errors)")
      #expect(result.errors.contains("more\n") && result.errors.contains("--offline"))
    }
  }

  @Test(
    .needs(
      "a user \(OrdinaryUser.name) with subordinate ids, whom `make test-end-to-end` makes as root",
      if: OrdinaryUser.exists))
  func anOrdinaryUserBuildsTheSameBytes() async throws {
    try await withFreshStore { kiln, folder in
      let expected = folder.appending("root")
      try await build(kiln, expected).run()
      let user = try await OrdinaryUser.settled(in: folder, artifacts: kiln)
      try await user.build("bookworm.yaml", to: "images").run()
      for name in ["bookworm.wsl.sha256", "bookworm.tar.gz.sha256"] {
        #expect(
          try Files.readText(expected.appending(name))
            == Files.readText(user.home.appending("images/\(name)")))
      }
    }
  }
}

extension Command {
  func runAccepting(_ statuses: Set<Int32>) async throws -> CommandResult {
    var command = self
    command.accepted = statuses
    return try await command.run()
  }
}

extension KilnProgram {
  /// Hard links where the file system allows, so that it costs nothing.
  func copyArtifacts(to target: FilePath, linked: Bool = true) async throws {
    try Files.makeDirectories(target)
    try await Command(
      "cp",
      (linked ? ["-a", "--link"] : ["-a"]) + [
        store.appending("artifacts").string, target.appending("artifacts").string,
      ], environment: ["PATH": TestEnvironment.path]
    ).run()
  }
}

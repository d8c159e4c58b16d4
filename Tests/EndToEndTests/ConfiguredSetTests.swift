import Commands
import FileSystem
import FoundationEssentials
import Needs
import SystemPackage
import TestSupport
import Testing

/// A recipe with packages more than another that is configured already.
@Suite(
  .serialized,
  .needs("KILN_E2E=1 and root", if: TestEnvironment.wantsEndToEnd && TestEnvironment.isRoot))
struct ConfiguredSetTests {
  private struct Event: Decodable {
    let stage: String?
    let item: String?
  }

  /// - Returns: the images' digests and the packages that were set up.
  private func build(
    _ kiln: KilnProgram, _ recipe: FilePath, _ output: FilePath
  ) async throws -> ([String], [String]) {
    let result = try await kiln.command([
      "build", recipe.string, "--json", "--progress", "json", "--output", output.string,
    ]).run()
    let report = try KilnProgram.decode(result.output, as: BuildReport.self)
    let events = try result.errors.split(separator: "\n").map {
      try JSONDecoder().decode(Event.self, from: Data($0.utf8))
    }
    let items = events.filter { $0.stage == "configure" }.compactMap(\.item)
    return (report.builds.flatMap(\.images).map(\.sha256), items)
  }

  private func write(_ packages: [String], to recipe: FilePath) throws {
    let witness = try Files.readText(KilnProgram.recipes.appending("witness.yaml"))
    try Files.write(
      witness.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
        + packages.map { "  - \($0)\n" }.joined(), to: recipe)
  }

  /// Byte code, certificates and the index of man pages come from an earlier configuration, the
  /// virtual environment and the byte code of its wheels from an earlier recipe.
  @Test func rememberedCallsGiveTheSameBytes() async throws {
    try await withTemporaryFolder { folder in
      let shared = KilnProgram.shared()
      let recipe = folder.appending("witness.yaml")
      try write(["python3-setuptools"], to: recipe)
      let packages = try Files.readText(recipe)
      let python = "python: {venv: /opt/ml, requirements: [six==1.17.0, idna==3.10]}\n"
      try Files.write(packages + python, to: recipe)
      try await shared.command(["lock", recipe.string]).run()
      let kiln = KilnProgram(store: folder.appending("store"), home: shared.home)
      let (first, _) = try await build(kiln, recipe, folder.appending("first"))
      let results = kiln.store.appending("results")
      func calls() throws -> Int {
        try ["call", "byte-code", "environment"].reduce(0) {
          $0 + (try Files.entries(results.appending($1)).count)
        }
      }
      let known = try calls()
      // Two wheels and the environment among them.
      #expect(known > 8)
      for kind in ["configured", "layer", "segment", "assembly", "beginning", "standing"] {
        try Files.removeTree(results.appending(kind))
      }
      let (second, items) = try await build(kiln, recipe, folder.appending("second"))
      #expect(items.count > 100)
      #expect(second == first)
      // Nothing was called that the first configuration had not called in the same way.
      #expect(try calls() == known)
    }
  }

  @Test func packagesMoreStartFromWhatIsConfiguredAndGiveTheSameBytes() async throws {
    try await withTemporaryFolder { folder in
      let shared = KilnProgram.shared()
      let recipe = folder.appending("witness.yaml")
      try write([], to: recipe)
      try await shared.command(["lock", recipe.string]).run()
      let kiln = KilnProgram(store: folder.appending("store"), home: shared.home)
      let (_, all) = try await build(kiln, recipe, folder.appending("first"))
      #expect(all.count > 100)

      // Programs, a library with its loader cache, man pages; and one with a script besides.
      for (added, isQuick) in [(["tree", "jq"], true), (["tree", "jq", "less"], false)] {
        try write(added, to: recipe)
        try await shared.command(["lock", recipe.string]).run()
        let (quick, items) = try await build(kiln, recipe, folder.appending("more"))
        #expect((items.count < 20) == isQuick, "\(items)")
        let fresh = KilnProgram(store: folder.appending("fresh"), home: shared.home)
        try Files.makeDirectories(fresh.store)
        try await kiln.copyArtifacts(to: fresh.store)
        let (nothing, everything) = try await build(fresh, recipe, folder.appending("nothing"))
        #expect(everything.count > 100)
        #expect(quick == nothing)
        try Files.removeTree(fresh.store)
      }
    }
  }
}

import Diagnostics
import Digests
import FileSystem
import SystemPackage
import TestSupport
import Testing

@testable import Builds

/// What a build does before it makes anything.
@Suite struct PreparationTests {
  /// Asking for the mirrors reads the user's own file of them first, and refuses a bad one: so it
  /// shows whether anybody asked.
  @Test func asksForMirrorsOnlyWhereSomethingIsMissing() async throws {
    try await withTemporaryFolder { folder in
      let recipe = folder.appending("tiny.yaml")
      try Files.write(
        "recipe: 1\nname: tiny\nbase:\n  tarball: {path: base.tar}\n", to: recipe)
      try Files.write([UInt8](repeating: 0, count: 1024), to: folder.appending("base.tar"))
      let settings = BuildSettings(
        store: folder.appending("store"), jobs: 2, offline: true,
        environment: ["PATH": TestEnvironment.path, "HOME": folder.string], now: 1_700_000_000,
        progress: { _ in })
      let builder = try Builder(settings, tool: "kiln test")
      let prepare = { () async throws(BuildError) in
        try await builder.prepare(recipe: recipe, variables: [:], locked: false) { _ in }
      }
      let first = try await prepare()
      try Files.makeDirectories(folder.appending(".config/kiln"))
      try Files.write("[", to: folder.appending(".config/kiln/mirrors.yaml"))
      let second = try await prepare()
      #expect(second.lock == first.lock && second.artifacts == first.artifacts)
      for path in first.artifacts.values { try Files.removeFile(path) }
      let error = await #expect(throws: BuildError.self) { try await prepare() }
      #expect(error?.diagnostics.first?.place?.file.hasSuffix("mirrors.yaml") == true)
    }
  }
}

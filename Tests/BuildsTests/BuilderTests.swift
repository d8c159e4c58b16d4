import Builds
import Diagnostics
import Digests
import FileSystem
import Images
import Locks
import SystemPackage
import TestSupport
import Testing

@Suite struct BuilderTests {
  private static let recipe = """
    recipe: 1
    name: tiny
    base:
      tarball: {path: base.tar}
    """

  private func withBuilder(
    _ recipe: String = recipe, smokeTests: FilePath? = nil,
    _ body: (Builder, FilePath, FilePath) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let path = folder.appending("tiny.yaml")
      try Files.write(recipe, to: path)
      try Files.write([UInt8](repeating: 0, count: 1024), to: folder.appending("base.tar"))
      let settings = BuildSettings(
        store: folder.appending("store"), jobs: 2, offline: true,
        environment: ["PATH": TestEnvironment.path, "HOME": folder.string],
        now: 1_700_000_000, smokeTests: smokeTests,
        progress: { _ in })
      try await body(try Builder(settings, tool: "kiln test"), path, folder)
    }
  }

  private func lock(_ recipe: FilePath, check: Bool = false) -> LockRequest {
    LockRequest(recipe: recipe, variables: [:], update: false, packages: [], check: check)
  }

  private func build(_ recipe: FilePath, _ output: FilePath) -> BuildRequest {
    BuildRequest(
      recipe: recipe, variables: [:], output: output, locked: true, format: .tarGzip,
      compression: .fast)
  }

  @Test func aBadRecipeIsWrongUse() async throws {
    try await withBuilder("recipe: 1\nname: tiny\npackges: [sudo]\n") { builder, recipe, _ in
      let error = await #expect(throws: BuildError.self) {
        try await builder.lock(lock(recipe))
      }
      #expect(error?.isWrongUse == true)
      #expect(error?.diagnostics.first?.code.hasPrefix("K11") == true)
    }
  }

  @Test func lockedWithoutALockSaysWhatToRun() async throws {
    try await withBuilder { builder, recipe, folder in
      let error = await #expect(throws: BuildError.self) {
        try await builder.build(build(recipe, folder.appending("images")))
      }
      #expect(error?.code == .lockMissing && error?.isWrongUse == false)
      #expect(!Files.exists(folder.appending("images")))
    }
  }

  @Test func anImageIsNotBegunWithoutItsSmokeTest() async throws {
    try await withBuilder(smokeTests: "/nowhere") { builder, recipe, folder in
      let error = await #expect(throws: BuildError.self) {
        try await builder.build(build(recipe, folder.appending("images")))
      }
      #expect(error?.code == .smokeTestMissing)
      #expect(error?.subject.hasPrefix("/nowhere/gpu-smoke-test-") == true)
      #expect(!Files.exists(folder.appending("tiny.lock.json")))
    }
  }

  @Test func checkingALockThatIsAbsentFails() async throws {
    try await withBuilder { builder, recipe, _ in
      let error = await #expect(throws: BuildError.self) {
        try await builder.lock(lock(recipe, check: true))
      }
      #expect(error?.code == .lockMissing)
    }
  }

  @Test func aLockIsMadeOnceAndThenFresh() async throws {
    try await withBuilder { builder, recipe, folder in
      let first = try await builder.lock(lock(recipe))
      #expect(first.written && !first.wasFresh && first.difference.changes.count == 1)
      let bytes = try Files.read(folder.appending("tiny.lock.json"))
      let second = try await builder.lock(lock(recipe))
      #expect(!second.written && second.wasFresh && second.difference.isEmpty)
      #expect(try Files.read(folder.appending("tiny.lock.json")) == bytes)
      #expect(try await builder.lock(lock(recipe, check: true)).wasFresh)
    }
  }

  @Test func anotherBaseMakesTheLockStale() async throws {
    try await withBuilder { builder, recipe, folder in
      _ = try await builder.lock(lock(recipe))
      try Files.write([UInt8](repeating: 0, count: 2048), to: folder.appending("base.tar"))
      let error = await #expect(throws: BuildError.self) {
        try await builder.build(build(recipe, folder.appending("images")))
      }
      #expect(error?.code == .lockStale)
      let reason = "changed since it was made: `base.tarball`"
      #expect(error?.diagnostics.first?.reason == reason)
      let checked = await #expect(throws: BuildError.self) {
        try await builder.lock(lock(recipe, check: true))
      }
      #expect(checked?.diagnostics.first?.reason == reason)
    }
  }

  @Test func anImageWithoutAManifestCannotBeInspected() {
    let error = #expect(throws: BuildError.self) {
      try ImageInspection.inventory(of: "/nowhere/tiny.wsl")
    }
    #expect(error?.code == .noImage)
  }

  @Test func aStoreThatIsAFileIsRefused() async throws {
    try await withTemporaryFolder { folder in
      let store = folder.appending("store")
      try Files.write("", to: store)
      #expect(throws: BuildError.self) { try StoreKeeper(store: store) }
    }
  }
}

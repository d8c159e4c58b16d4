import Content
import Diagnostics
import FileSystem
import Locks
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Builds

/// An archive that goes on while a lock stays: what a build from the lock does then.
@Suite(.enabled(if: AptRepository.isAvailable, "needs gpg and dpkg-deb"))
struct RenewalTests {
  /// A served archive, a recipe that asks for the package `tool`, and its lock.
  private struct Setting {
    let repository: AptRepository
    let server: LoopbackServer
    let recipe: FilePath
    let builder: Builder
    let notices: Notices

    var lock: FilePath { recipe.removingLastComponent().appending("demo.lock.json") }

    func publish(tool version: String, on day: Int64) async throws {
      let debs = [
        TestDeb("base", fields: ["Essential": "yes", "Priority": "required"]), TestDeb("apt"),
        TestDeb("tool", version: version),
      ]
      for (suite, debs) in [("trixie", debs), ("trixie-updates", []), ("trixie-security", [])] {
        try await repository.publish(
          .init(
            suite: suite, components: ["main": debs], date: 1_700_000_000 + day * 86_400))
      }
    }

    func drop(tool version: String) throws {
      try Files.removeFile(
        repository.root.appending(AptRepository.poolPath(TestDeb("tool", version: version))))
    }

    func makeLock() async throws {
      let request = LockRequest(
        recipe: recipe, variables: [:], update: false, packages: [], check: false)
      #expect(try await builder.lock(request).written)
    }

    func prepare(locked: Bool) async throws -> Builder.Prepared {
      try await builder.prepare(
        recipe: recipe, variables: [:], locked: locked, progress: notices.add)
    }
  }

  private final class Notices: Sendable {
    private let found = Mutex<[String: String]>([:])
    var messages: [String: String] { found.withLock { $0 } }

    func add(_ event: ProgressEvent) {
      guard case .noticed(let code, let message) = event else { return }
      found.withLock { $0[code] = message }
    }
  }

  private func with(_ body: (Setting) async throws -> Void) async throws {
    try await AptRepository.withTemporary { repository, folder in
      let server = try LoopbackServer()
      server.serve(folder: repository.root)
      try Files.copy(repository.key.keyring, to: folder.appending("key.gpg"))
      let recipe = folder.appending("demo.yaml")
      try Files.write(
        """
        recipe: 1
        name: demo
        base:
          debian: {suite: trixie, keyring: key.gpg}
        packages: [tool]

        """, to: recipe)
      let builder = try Builder(
        BuildSettings(
          store: folder.appending("store"), jobs: 2, offline: false,
          environment: [
            "PATH": TestEnvironment.path, "HOME": folder.string,
            "KILN_MIRROR_DEBIAN": server.url, "KILN_MIRROR_DEBIAN_SECURITY": server.url,
          ], now: 1_700_000_000, progress: { _ in }), tool: "kiln test")
      try await body(
        Setting(
          repository: repository, server: server, recipe: recipe, builder: builder,
          notices: Notices()))
    }
  }

  private func tool(_ lock: Lock?) -> String? {
    lock?.packages.first { $0.name == "tool" }?.version
  }

  @Test func aPackageThatTheMirrorsDroppedIsResolvedAnew() async throws {
    try await with { setting in
      try await setting.publish(tool: "1.0", on: 0)
      try await setting.makeLock()
      let old = try #require(try Lock.read(setting.lock))
      try await setting.publish(tool: "1.1", on: 1)
      try setting.drop(tool: "1.0")

      let prepared = try await setting.prepare(locked: false)
      let notice = try #require(setting.notices.messages["K3202"])
      #expect(notice.contains("tool 1.0") && notice.contains("resolving anew"))
      #expect(tool(prepared.lock) == "1.1")
      #expect(try Lock.read(setting.lock) == prepared.lock)
      #expect(prepared.lock.date > old.date)
      // What the mirrors still have stays as it was.
      let others = { (lock: Lock) in lock.packages.filter { $0.name != "tool" } }
      #expect(others(prepared.lock) == others(old))
      for artifact in prepared.lock.artifacts {
        #expect(prepared.artifacts[artifact.sha256].map { Files.exists($0) } == true)
      }
      #expect(try await setting.prepare(locked: true).lock == prepared.lock)
    }
  }

  @Test func lockedRefusesToResolveAnew() async throws {
    try await with { setting in
      try await setting.publish(tool: "1.0", on: 0)
      try await setting.makeLock()
      let bytes = try Files.read(setting.lock)
      try await setting.publish(tool: "1.1", on: 1)
      try setting.drop(tool: "1.0")

      let error = await #expect(throws: BuildError.self) {
        _ = try await setting.prepare(locked: true)
      }
      let diagnostic = try #require(error?.diagnostics.first)
      #expect(diagnostic.code == "K3202" && diagnostic.message.contains("tool 1.0"))
      #expect(diagnostic.remedy?.contains("kiln lock") == true && error?.isWrongUse == false)
      #expect(try Files.read(setting.lock) == bytes)
      #expect(setting.notices.messages["K3202"] == nil)
    }
  }

  @Test func aMirrorThatGivesNothingChangesNoLock() async throws {
    try await with { setting in
      try await setting.publish(tool: "1.0", on: 0)
      try await setting.makeLock()
      let bytes = try Files.read(setting.lock)
      try await setting.publish(tool: "1.1", on: 1)
      let path = AptRepository.poolPath(TestDeb("tool", version: "1.0"))
      let content = try Files.read(setting.repository.root.appending(path))
      setting.server.put("/" + path, content, .status(403))

      let error = await #expect(throws: BuildError.self) {
        _ = try await setting.prepare(locked: false)
      }
      #expect(error?.diagnostics.map(\.code) == ["K3211"])
      #expect(try Files.read(setting.lock) == bytes)
      #expect(setting.notices.messages["K3202"] == nil)
      // The next run has the old version, which the mirror still gives.
      #expect(tool(try await setting.prepare(locked: false).lock) == "1.0")
    }
  }

  @Test func aPackageThatIsGoneForGoodIsAnError() async throws {
    try await with { setting in
      try await setting.publish(tool: "1.0", on: 0)
      try await setting.makeLock()
      try setting.drop(tool: "1.0")
      // The index still promises it.
      let error = await #expect(throws: BuildError.self) {
        _ = try await setting.prepare(locked: false)
      }
      #expect(error?.diagnostics.map(\.code) == ["K3202"])
      #expect(tool(try Lock.read(setting.lock)) == "1.0")
    }
  }
}

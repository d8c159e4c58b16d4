import Content
import FileSystem
import Locks
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Builds

/// A served archive, a recipe that asks for the package `tool`, and its lock.
struct ServedArchive {
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

  final class Notices: Sendable {
    private let found = Mutex<[String: String]>([:])
    var messages: [String: String] { found.withLock { $0 } }

    func add(_ event: ProgressEvent) {
      guard case .noticed(let code, let message) = event else { return }
      found.withLock { $0[code] = message }
    }
  }

  static func with(_ body: (ServedArchive) async throws -> Void) async throws {
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
        ServedArchive(
          repository: repository, server: server, recipe: recipe, builder: builder,
          notices: Notices()))
    }
  }
}

import Content
import Diagnostics
import FileSystem
import Locks
import Needs
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Builds

/// A wheel that a recipe takes a file out of, from its lock to the store.
@Suite(.needs("gpg, dpkg-deb and uv", if: AptRepository.isAvailable && Uv.path != nil))
struct ArchiveTests {
  private static let recipe = """
    recipe: 1
    name: demo
    base:
      debian: {suite: trixie, keyring: key.gpg}
    packages: [python3]
    files:
      - {wheel: tool==1.0, member: tool/libtool.so, to: /opt/libtool.so}

    """

  @Test func isLockedAndFetchedByItself() async throws {
    try await AptRepository.withTemporary { repository, folder in
      let server = try LoopbackServer()
      server.serve(folder: repository.root)
      let debs = [
        TestDeb("base", fields: ["Essential": "yes", "Priority": "required"]), TestDeb("apt"),
        TestDeb("libc6", version: "2.41-1", architecture: "amd64"),
        TestDeb("python3", version: "3.13.5-1", fields: ["Depends": "libc6"]),
      ]
      for (suite, debs) in [("trixie", debs), ("trixie-updates", []), ("trixie-security", [])] {
        try await repository.publish(.init(suite: suite, components: ["main": debs]))
      }
      let index = try await PythonIndex.serve(
        ["tool-1.0-py3-none-any.whl": ["absent"]], in: folder)
      try Files.copy(repository.key.keyring, to: folder.appending("key.gpg"))
      let recipe = folder.appending("demo.yaml")
      try Files.write(Self.recipe, to: recipe)
      let builder = try Builder(
        BuildSettings(
          store: folder.appending("store"), jobs: 2, offline: false,
          environment: [
            "PATH": TestEnvironment.path, "HOME": folder.string, "KILN_UV": Uv.path ?? "",
            "KILN_MIRROR_DEBIAN": server.url, "KILN_MIRROR_DEBIAN_SECURITY": server.url,
            "KILN_MIRROR_PYPI": index.url,
          ], now: 1_700_000_000, progress: { _ in }), tool: "kiln test")

      let plan = try await builder.plan(recipe: recipe, variables: [:])
      #expect(plan.archives == 1 && plan.wheels == 0)
      #expect(plan.toFetch.map(\.kind).contains(.archive))

      let prepared = try await builder.prepare(
        recipe: recipe, variables: [:], locked: false, progress: { _ in })
      let archive = try #require(prepared.lock.archives.first)
      #expect(prepared.lock.wheels.isEmpty && archive.name == "tool")
      let fetched = try #require(prepared.artifacts[archive.sha256])
      #expect(try Files.read(fetched) == Files.read(index.file("tool-1.0-py3-none-any.whl")))
      // A lock names no host.
      let lock = try Files.readText(folder.appending("demo.lock.json"))
      #expect(!lock.contains("127.0.0.1") && !lock.contains("://"))
    }
  }
}

/// What a build says of a suite that gets no more updates.
@Suite struct EndOfLifeTests {
  private static let table: FilePath = "/usr/share/distro-info/debian.csv"

  /// What is noticed before the build misses its lock.
  private func notices(_ suite: String, now: Int64) async throws -> [String] {
    try await withTemporaryFolder { folder in
      let recipe = folder.appending("old.yaml")
      try Files.write("recipe: 1\nname: old\nbase: {debian: {suite: \(suite)}}\n", to: recipe)
      let settings = BuildSettings(
        store: folder.appending("store"), jobs: 1, offline: true,
        environment: ["PATH": TestEnvironment.path], now: now, progress: { _ in })
      let found = Mutex<[String]>([])
      let error = await #expect(throws: BuildError.self) {
        try await Builder(settings, tool: "kiln test").prepare(
          recipe: recipe, variables: [:], locked: true
        ) { event in
          guard case .noticed("K2150", let message) = event else { return }
          found.withLock { $0.append(message) }
        }
      }
      #expect(error?.code == .lockMissing)
      return found.withLock { $0 }
    }
  }

  @Test(.needs("distro-info-data", if: Files.exists(table)))
  func theDateIsToldWhereverTheLockCameFrom() async throws {
    // 2026-11-26 and 2023-11-14.
    let late = try await notices("bullseye", now: 1_795_651_200)
    #expect(late.count == 1 && late.first?.contains("ended on 2026-08-31") == true)
    #expect(try await notices("bullseye", now: 1_700_000_000).isEmpty)
    #expect(try await notices("sid", now: 1_795_651_200).isEmpty)
  }
}

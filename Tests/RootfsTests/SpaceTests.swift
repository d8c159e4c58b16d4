import Commands
import Content
import Digests
import FileSystem
import Locks
import Packages
import Recipes
import Rootfs
import Sandbox
import Store
import SystemPackage
import TestSupport
import Testing
import Wheels

/// How much room a root asks for, by what the store has unpacked.
@Suite struct SpaceTests {
  private func withBuilder(
    _ body: (RootfsBuilder, Store, FilePath) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder.appending("store"))
      let builder = RootfsBuilder(
        store: store, sandbox: Sandbox(privileges: .root), jobs: 1, sourceDateEpoch: 0
      ) { _ in }
      try await body(builder, store, folder)
    }
  }

  private func lock(_ artifacts: [Artifact]) -> Lock {
    Lock(
      recipe: "tiny", recipeDigest: SHA256Digest(ofText: ""), architecture: .amd64, date: 0,
      artifacts: artifacts, requested: [])
  }

  private func package(
    _ name: String, installedSize: Int64, in folder: FilePath
  ) async throws -> (artifact: Artifact, file: FilePath) {
    let deb = TestDeb(name, entries: [.init("usr/\(name)", .file("1"))])
    let file = try await deb.build(in: folder)
    let bytes = try Files.read(file)
    let artifact = Artifact(
      kind: .package, name: name, version: deb.version, architecture: nil,
      size: Int64(bytes.count), sha256: SHA256Digest(of: bytes), source: "debian",
      path: deb.fileName, installedSize: installedSize)
    return (artifact, file)
  }

  /// That the downloads are there says nothing of what they were unpacked to.
  @Test func packagesCountUntilTheyAreUnpackedAndMerged() async throws {
    try await withBuilder { builder, store, folder in
      let debs = folder.appending("debs")
      let packages = [
        try await package("one", installedSize: 8_000_000, in: debs),
        try await package("two", installedSize: 80_000_000, in: debs),
      ]
      var held: [SHA256Digest: FilePath] = [:]
      for (artifact, file) in packages {
        held[artifact.sha256] = try await store.admit(file: file).path
      }
      let lock = lock(packages.map(\.artifact))
      let layers: Int64 = 22_000_000
      #expect(builder.spaceNeeded(for: lock, held) == 99_000_000 + layers)
      #expect(builder.spaceNeeded(for: lock, [:]) == 99_000_000 + layers)

      let unpacker = PackageUnpacker(store: store, jobs: 1) { _ in }
      _ = try await unpacker.unpack(Array(packages.suffix(1)))
      #expect(builder.spaceNeeded(for: lock, held) == 9_000_000 + layers)
      let unpacked = try await unpacker.unpack(packages)
      #expect(builder.spaceNeeded(for: lock, held) == layers)

      _ = try await PristineRoot.make(
        packages: unpacked, options: .init(architecture: .amd64, epoch: 0), store: store)
      #expect(builder.spaceNeeded(for: lock, held) == 0)
    }
  }

  @Test func aWheelSaysItselfHowLargeItIs() async throws {
    try await withBuilder { builder, _, folder in
      let file = folder.appending("name-1-py3-none-any.whl")
      try await Command(
        "python3",
        [
          "-c",
          """
          import sys, zipfile
          with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as zip:
              zip.writestr("name/data", bytes(5_000_000))
          """, file.string,
        ], environment: ["PATH": TestEnvironment.path]
      ).run()
      let bytes = try Files.read(file)
      let wheel = Artifact(
        kind: .wheel, name: "name", version: "1", architecture: nil, size: Int64(bytes.count),
        sha256: SHA256Digest(of: bytes), source: "pypi", path: "name/name-1-py3-none-any.whl")
      // There are no packages, and so no root below the wheel.
      #expect(builder.spaceNeeded(for: lock([wheel]), [wheel.sha256: file]) == 5_000_000)
      #expect(builder.spaceNeeded(for: lock([wheel]), [:]) == 4 * wheel.size)
      try Files.write("no zip", to: file)
      #expect(
        builder.spaceNeeded(for: lock([wheel]), [wheel.sha256: file]) == 4 * wheel.size)
    }
  }

  @Test func tooLittleIsSaidBeforeAnythingIsUnpacked() async throws {
    try await withBuilder { builder, store, folder in
      let package = try await package("huge", installedSize: 1 << 44, in: folder)
      let recipe = Recipe(
        name: "tiny",
        base: .debian(.init(suite: "trixie", variant: .minbase, components: ["main"])),
        directory: folder)
      let error = await #expect(throws: RootfsError.self) {
        try await builder.build(
          recipe, lock: lock([package.artifact]),
          artifacts: [package.artifact.sha256: package.file])
      }
      #expect(error?.code == .noSpace && error?.detail?.contains("24.1 TB are needed") == true)
      #expect(!PackageUnpacker.isUnpacked(package.artifact, in: store))
    }
  }
}

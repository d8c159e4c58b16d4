import Commands
import Digests
import FileSystem
import Locks
import Store
import SystemPackage
import TestSupport
import Testing

@testable import Bundles

/// Artifacts that go from one store into another in one file.
@Suite struct BundleTests {
  private static let contents = ["one", "", "three"].enumerated().map { index, text in
    Array(text.utf8) + [UInt8](repeating: UInt8(index), count: 1 + index * 300_000)
  }

  private static let artifacts = contents.enumerated().map { index, content in
    Artifact(
      kind: index == 2 ? .wheel : .package, name: "a\(index)", version: "1.\(index)",
      architecture: nil, size: Int64(content.count), sha256: SHA256Digest(of: content),
      source: "debian", path: "pool/a\(index).deb")
  }

  /// A store with the artifacts, and a bundle of them.
  private func withBundle(_ body: (FilePath, FilePath) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder.appending("source"))
      for content in Self.contents {
        let file = folder.appending("file")
        try Files.write(content, to: file)
        _ = try await store.admit(file: file)
      }
      let path = folder.appending("lock.tar")
      try Bundle(Self.artifacts + [Self.artifacts[0]]).write(path, from: store)
      try await body(path, folder)
    }
  }

  private func held(_ store: Store) -> Int {
    Self.artifacts.count { store.artifact($0.sha256) != nil }
  }

  /// What an import of a bundle with other bytes says; the store must not have anything of it.
  private func refusal(_ bytes: [UInt8], in folder: FilePath) async throws -> BundleError? {
    let path = folder.appending("spoilt.tar")
    try Files.write(bytes, to: path)
    let store = try Store(root: folder.appending("target"))
    var refusal: BundleError?
    do throws(BundleError) { _ = try await Bundle.import(path, into: store) } catch {
      refusal = error
    }
    #expect(held(store) == 0)
    let partial = try Files.entries(store.root.appending("partial"))
    #expect(partial.isEmpty)
    return refusal
  }

  @Test func everyArtifactArrivesOnce() async throws {
    try await withBundle { path, folder in
      let store = try Store(root: folder.appending("target"))
      let first = try await Bundle.import(path, into: store)
      #expect(first.added == 3 && first.artifacts == 3)
      #expect(first.addedBytes == Self.artifacts.reduce(0) { $0 + $1.size })
      for (artifact, content) in zip(Self.artifacts, Self.contents) {
        let file = try #require(store.artifact(artifact.sha256))
        #expect(try Files.read(file) == content)
      }
      #expect(try await store.verify(repair: false, jobs: 2).isEmpty)
      let second = try await Bundle.import(path, into: store)
      #expect(second.added == 0 && second.addedBytes == 0 && second.artifacts == 3)
    }
  }

  @Test func otherToolsReadIt() async throws {
    try await withBundle { path, folder in
      for tool in ["tar", "bsdtar"] {
        let output = folder.appending(tool)
        try Files.makeDirectory(output)
        try await Command(
          tool, ["-xf", path.string, "-C", output.string],
          environment: ["PATH": TestEnvironment.path]
        ).run()
        for (artifact, content) in zip(Self.artifacts, Self.contents) {
          #expect(try Files.read(output.appending("artifacts/\(artifact.sha256)")) == content)
        }
      }
    }
  }

  @Test func oneThatWasPackedAgainIsTaken() async throws {
    try await withBundle { path, folder in
      try await Command(
        "gzip", [path.string], environment: ["PATH": TestEnvironment.path]
      ).run()
      let store = try Store(root: folder.appending("target"))
      let imported = try await Bundle.import(FilePath(path.string + ".gz"), into: store)
      #expect(imported.added == 3)
    }
  }

  @Test func equalArtifactsGiveEqualBytes() async throws {
    try await withBundle { path, folder in
      let again = folder.appending("again.tar")
      try Bundle(Self.artifacts).write(again, from: Store(root: folder.appending("source")))
      #expect(try Files.read(again) == Files.read(path))
    }
  }

  @Test func aBundleThatIsCutAnywhereIsRefused() async throws {
    try await withBundle { path, folder in
      let bytes = try Files.read(path)
      // Into headers, into data, and right behind each.
      let ends = [0, 1, 511, 512, 1024, 1536, 2048, 2500, 300_000, bytes.count - 600_000]
      for end in ends where end < bytes.count {
        let error = try await refusal(Array(bytes[..<end]), in: folder)
        #expect(error != nil, "cut at \(end)")
      }
    }
  }

  @Test func aFlippedBitAnywhereIsNoticed() async throws {
    try await withBundle { path, folder in
      let bytes = try Files.read(path)
      // The index's beginning, an artifact's header, and the contents.
      for offset in [0, 700, 2050, 3000, 200_000, bytes.count - 10_000] {
        var spoilt = bytes
        spoilt[offset] ^= 4
        let error = try await refusal(spoilt, in: folder)
        #expect(error != nil, "a bit at \(offset)")
      }
    }
  }

  @Test func whatIsNotListedIsRefused() async throws {
    try await withBundle { path, folder in
      let bytes = try Files.read(path)
      let extra = TarMember.header("artifacts/../../etc/passwd", size: 512)
      let more = bytes.dropLast(1024) + extra + [UInt8](repeating: 7, count: 512)
      let error = try await refusal(Array(more) + [UInt8](repeating: 0, count: 1024), in: folder)
      #expect(error?.code == .damaged && error?.subject == "artifacts/../../etc/passwd")
    }
  }

  @Test func anotherFileIsNoBundle() async throws {
    try await withTemporaryFolder { folder in
      let foreign = TarMember.header("readme", size: 0) + [UInt8](repeating: 0, count: 1024)
      for bytes in [foreign, Array("hello".utf8), []] {
        let error = try await refusal(bytes, in: folder)
        #expect(error?.code == .notABundle)
      }
    }
  }

  /// Each alone fits into a number, and their sum does not.
  private static let hugeItems = ["a", "b"].map { name in
    #"{"kind": "package", "name": "\#(name)", "version": "1", "size": 9000000000000000000, "#
      + #""sha256": "\#(SHA256Digest(ofText: name).hex)"}"#
  }

  @Test(arguments: [
    #"{"bundle": 2, "artifacts": []}"#,
    #"{"bundle": 1, "artifacts": [\#(hugeItems.joined(separator: ", "))]}"#,
  ])
  func anIndexThatIsNotOfTheFormatIsRefused(text: String) async throws {
    try await withTemporaryFolder { folder in
      let index = Array(text.utf8)
      let bytes =
        TarMember.header("kiln-bundle.json", size: Int64(index.count)) + index
        + TarMember.padding(after: Int64(index.count)) + [UInt8](repeating: 0, count: 1024)
      let error = try await refusal(bytes, in: folder)
      #expect(error?.code == .badIndex)
    }
  }

  @Test func aDamagedStoreWritesNoBundle() async throws {
    try await withBundle { _, folder in
      let store = try Store(root: folder.appending("source"))
      let file = try #require(store.artifact(Self.artifacts[1].sha256))
      try Files.write([UInt8](repeating: 9, count: Self.contents[1].count), to: file)
      let target = folder.appending("other.tar")
      #expect(throws: BundleError.self) { try Bundle(Self.artifacts).write(target, from: store) }
      #expect(!Files.exists(target))
      #expect(try Files.entries(folder).allSatisfy { !$0.hasSuffix(".part") })
    }
  }

  @Test func sizesBeyondEightGigabytesAreWritten() {
    let header = TarMember.header("a", size: 1 << 33)
    #expect(header[124] == 0x80 && header[131] == 2 && header[135] == 0)
  }
}

import Content
import Diagnostics
import Digests
import FileSystem
import Locks
import Mirrors
import Store
import SystemPackage
import TestSupport
import Testing
import Transfers

@testable import Fetching

/// Files that the mirrors dropped, and services that keep the past.
@Suite struct SnapshotTests {
  private let mirror: LoopbackServer
  private let past: LoopbackServer
  private let content = Array("an old package".utf8)

  init() throws {
    mirror = try LoopbackServer()
    past = try LoopbackServer()
  }

  private func artifact(_ name: String = "hello", kind: Artifact.Kind = .package) -> Artifact {
    let content = content + Array(name.utf8)
    return Artifact(
      kind: kind, name: name, version: "1+b1", architecture: nil, size: Int64(content.count),
      sha256: SHA256Digest(of: content), source: kind == .wheel ? "pypi" : "debian",
      path: kind == .wheel ? "\(name)/\(name)-1-py3-none-any.whl" : "pool/\(name)_1+b1.deb")
  }

  private func put(_ path: String, _ name: String = "hello") {
    past.put(path, content + Array(name.utf8))
  }

  private func with(
    _ snapshots: String..., body: (Fetcher) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let environment = [
        "PATH": "/nonexistent", "HOME": folder.string,
        "KILN_MIRROR_DEBIAN": mirror.url, "KILN_MIRROR_PYPI": mirror.url + "/simple",
        "KILN_SNAPSHOT_DEBIAN": snapshots.joined(separator: " "),
        "KILN_SNAPSHOT_PYPI": snapshots.joined(separator: " "),
      ]
      let mirrors = try await Mirrors.ofHost(environment: environment, root: folder)
      try await body(
        try Fetcher(
          store: Store(root: folder.appending("store")), mirrors: mirrors, recipeDirectory: folder,
          settings: TransferSettings(environment: [:], connectTimeout: 5, stallTimeout: 2),
          limits: .init(rounds: 2, resumptions: 3, firstPause: 10), offline: false, jobs: 2,
          // 2028-02-28, 12:00.
          date: 1_835_352_000, progress: { _ in }))
    }
  }

  @Test func aServiceIsAskedByDigest() async throws {
    let hex = artifact().sha256.hex
    put("/by-hash/SHA256/\(hex)")
    try await with("\(past.url)/by-hash/SHA256/{sha256}") { fetcher in
      let path = try #require(try await fetcher.fetch([artifact()])[artifact().sha256])
      #expect(try Files.read(path) == content + Array("hello".utf8))
    }
    #expect(mirror.requests.map(\.path) == ["/pool/hello_1%2bb1.deb"])
    #expect(past.requests.count == 1)
  }

  @Test func aServiceIsAskedByMomentAndPath() async throws {
    put("/20280229T000000Z/pool/hello_1%2bb1.deb")
    try await with("\(past.url)/{date}/{path}") { fetcher in
      let paths = try await fetcher.fetch([artifact()])
      #expect(paths.count == 1)
    }
  }

  @Test func aServiceIsAskedByNameAndVersion() async throws {
    put("/of/hello/1%2bb1/hello_1%2bb1.deb")
    try await with("\(past.url)/of/{name}/{version}/{file}") { fetcher in
      let paths = try await fetcher.fetch([artifact()])
      #expect(paths.count == 1)
    }
  }

  @Test func anAddressWithoutFieldsIsOneMoreMirror() async throws {
    put("/kept/pool/hello_1%2bb1.deb")
    try await with("\(past.url)/kept") { fetcher in
      let paths = try await fetcher.fetch([artifact()])
      #expect(paths.count == 1)
    }
  }

  @Test func wheelsToo() async throws {
    let wheel = artifact("demo", kind: .wheel)
    put("/w/\(wheel.sha256)/demo-1-py3-none-any.whl", "demo")
    try await with("\(past.url)/w/{sha256}/{file}") { fetcher in
      let paths = try await fetcher.fetch([wheel])
      #expect(paths.count == 1)
    }
  }

  @Test func whatItGivesIsVerified() async throws {
    past.put("/x/\(artifact().sha256)", Array("something else".utf8))
    try await with("\(past.url)/x/{sha256}") { fetcher in
      let error = await #expect(throws: FetchError.self) {
        _ = try await fetcher.fetch([artifact()])
      }
      #expect(error?.code == .corrupt)
      #expect(fetcher.store.artifact(artifact().sha256) == nil)
    }
  }

  @Test func aMirrorThatHasTheFileIsAskedAlone() async throws {
    mirror.put("/pool/hello_1%2bb1.deb", content + Array("hello".utf8))
    put("/x")
    try await with("\(past.url)/x") { fetcher in _ = try await fetcher.fetch([artifact()]) }
    #expect(past.requests.isEmpty)
  }

  @Test func allThatIsGoneIsNamedWithWhatHelps() async throws {
    try await with("\(past.url.replacing("//", with: "//me:secret@"))/{sha256}") { fetcher in
      let error = await #expect(throws: FetchError.self) {
        _ = try await fetcher.fetch([artifact("b"), artifact("a"), artifact("c")])
      }
      #expect(error?.code == .unavailable && error?.subjects == ["a 1+b1", "b 1+b1", "c 1+b1"])
      let diagnostic = try #require(error?.diagnostics.first)
      #expect(diagnostic.reason == "a 1+b1\nb 1+b1\nc 1+b1")
      for word in ["kiln lock", "KILN_SNAPSHOT_", "kiln store export", "kiln store import"] {
        #expect(diagnostic.remedy?.contains(word) == true, "\(word)")
      }
      #expect(!diagnostic.rendered().contains("secret"))
    }
  }
}

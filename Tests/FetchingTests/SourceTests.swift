import Content
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

/// Wheels of an index, files of a recipe, and what is checked before a download.
@Suite struct SourceTests {
  private let server: LoopbackServer
  private let content = Array("content".utf8)

  init() throws { server = try LoopbackServer() }

  private var digest: SHA256Digest { SHA256Digest(of: content) }

  private func artifact(
    _ kind: Artifact.Kind, _ source: String, _ path: String, size: Int64 = 7
  ) -> Artifact {
    Artifact(
      kind: kind, name: "name", version: "1", architecture: nil, size: size, sha256: digest,
      source: source, path: path)
  }

  private func fetcher(
    _ folder: FilePath, offline: Bool = false, base: String? = nil, extraIndexes: [String] = []
  ) throws -> Fetcher {
    try Fetcher(
      store: Store(root: folder.appending("store")),
      mirrors: Mirrors(
        ["pypi": [base ?? "\(server.url)/simple/"]], extraIndexes: extraIndexes),
      recipeDirectory: folder.appending("recipe"),
      settings: TransferSettings(
        environment: [:], connectTimeout: 60, stallTimeout: 300, stallSpeed: 50_000),
      limits: .init(rounds: 1, firstPause: 10), offline: offline, jobs: 4, progress: { _ in })
  }

  private func code(_ fetcher: Fetcher, _ artifact: Artifact) async -> FetchError.Code? {
    do throws(FetchError) {
      _ = try await fetcher.fetch([artifact])
      return nil
    } catch {
      return error.code
    }
  }

  @Test(arguments: [
    ("json", Artifact.Kind.wheel), ("html", .wheel), ("html", .archive),
  ])
  func findsAWheelThroughTheIndex(format: String, kind: Artifact.Kind) async throws {
    try await withTemporaryFolder { folder in
      let name = "name-1-py3-none-any.whl"
      let json = """
        {"files": [{"filename": "\(name)", "url": "../../files/\(name)",
         "hashes": {"sha256": "\(digest)"}}]}
        """
      let html = "<a href=\"../../files/\(name)#sha256=\(digest)\">\(name)</a>"
      server.put(
        "/simple/name/", Array((format == "json" ? json : html).utf8),
        contentType: format == "json" ? "application/vnd.pypi.simple.v1+json" : "text/html")
      server.put("/files/\(name)", content)
      let paths = try await fetcher(folder).fetch([artifact(kind, "pypi", "name/\(name)")])
      #expect(try paths[digest].map { try Files.read($0) } == content)
      #expect(server.requests.first?.headers["accept"]?.contains("simple.v1+json") == true)
    }
  }

  @Test func readsAPageThatTheServerPacked() async throws {
    try await withTemporaryFolder { folder in
      try await python(
        "import gzip; open('page','wb').write(gzip.compress(b'<a href=\"/f/a.whl\">a</a>' * 99))",
        in: folder)
      server.put(
        "/simple/name/", try Files.read(folder.appending("page")), contentType: "text/html",
        .labelled("Content-Encoding: gzip"))
      // A file comes as it is, whatever the server says of it.
      server.put("/f/a.whl", content, .labelled("Content-Encoding: gzip"))
      let paths = try await fetcher(folder).fetch([artifact(.wheel, "pypi", "name/a.whl")])
      #expect(paths.count == 1)
      #expect(server.requests.map { $0.headers["accept-encoding"] != nil } == [true, false])
    }
  }

  @Test func looksIntoEveryIndexForAFile() async throws {
    try await withTemporaryFolder { folder in
      server.put("/more/name/", Array("<a href=\"/f/a.whl\">a</a>".utf8), contentType: "text/html")
      server.put("/f/a.whl", content)
      let fetcher = try fetcher(folder, extraIndexes: ["\(server.url)/more"])
      #expect(try await fetcher.fetch([artifact(.wheel, "pypi", "name/a.whl")]).count == 1)
    }
  }

  @Test func asksForAProjectOnce() async throws {
    try await withTemporaryFolder { folder in
      let names = (0..<5).map { "name-\($0).whl" }
      let links = names.map { "<a href=\"/f/\($0)\">\($0)</a>" }.joined()
      server.put(
        "/simple/name/", Array(links.utf8), contentType: "text/html",
        [.slowly(bytes: 1000, milliseconds: 50)])
      let artifacts = names.map { name in
        server.put("/f/\(name)", Array(name.utf8))
        return Artifact(
          kind: .wheel, name: "name", version: "1", architecture: nil,
          size: Int64(name.utf8.count), sha256: SHA256Digest(ofText: name), source: "pypi",
          path: "name/\(name)")
      }
      let paths = try await fetcher(folder).fetch(artifacts)
      #expect(paths.count == 5)
      #expect(server.count("/simple/name/") == 1)
    }
  }

  @Test func saysThatAnIndexHasAnotherFile() async throws {
    try await withTemporaryFolder { folder in
      let other = SHA256Digest(ofText: "other")
      let page = "<a href=\"/f/a.whl#sha256=\(other)\">a.whl</a>"
      server.put("/simple/name/", Array(page.utf8), contentType: "text/html")
      let fetcher = try fetcher(folder)
      #expect(await code(fetcher, artifact(.wheel, "pypi", "name/a.whl")) == .unavailable)
      #expect(await code(fetcher, artifact(.wheel, "pypi", "name/b.whl")) == .unavailable)
      #expect(await code(fetcher, artifact(.wheel, "pypi", "none/b.whl")) == .unavailable)
      #expect(server.count("/f/a.whl") == 0)
    }
  }

  @Test func readsAnIndexThatIsAFolder() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeDirectories(folder.appending("index/name"))
      try Files.write("<a href=\"a.whl\">a.whl</a>", to: folder.appending("index/name/index.html"))
      try Files.write(content, to: folder.appending("index/name/a.whl"))
      let fetcher = try fetcher(folder, base: "file://\(folder)/index")
      #expect(try await fetcher.fetch([artifact(.wheel, "pypi", "name/a.whl")]).count == 1)
    }
  }

  @Test func takesFilesOfTheRecipesFolderOfflineToo() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeDirectories(folder.appending("recipe/debs"))
      try Files.write(content, to: folder.appending("recipe/debs/a.deb"))
      try Files.write("other", to: folder.appending("recipe/debs/b.deb"))
      let fetcher = try fetcher(folder, offline: true)
      #expect(await code(fetcher, artifact(.package, "recipe", "debs/b.deb")) == .corrupt)
      #expect(await code(fetcher, artifact(.package, "recipe", "debs/c.deb")) == .localFile)
      #expect(await code(fetcher, artifact(.package, "recipe", "../store/x")) == .outsideFolder)
      #expect(await code(fetcher, artifact(.package, "recipe", "/etc/passwd")) == .outsideFolder)
      #expect(await code(fetcher, artifact(.package, "recipe", "debs/a.deb")) == nil)
    }
  }

  @Test func takesFilesThatARecipeNamesByURL() async throws {
    try await withTemporaryFolder { folder in
      server.put("/x/a.deb", content)
      let fetcher = try fetcher(folder)
      let fetched = try await fetcher.fetch(url: server.url + "/x/a.deb", sha256: digest)
      #expect(fetched.size == 7 && fetched.path == fetcher.store.artifact(digest))
      #expect(await code(fetcher, artifact(.package, "recipe", server.url + "/x/a.deb")) == nil)
      #expect(server.requests.count == 1)
      let other = SHA256Digest(ofText: "other")
      let failure = await #expect(throws: FetchError.self) {
        try await fetcher.fetch(url: server.url + "/x/a.deb", sha256: other)
      }
      #expect(failure?.code == .corrupt)
    }
  }

  @Test func refusesWhatDoesNotFit() async throws {
    try await withTemporaryFolder { folder in
      let huge = artifact(.wheel, "pypi", "name/a.whl", size: 1 << 60)
      let fetcher = try fetcher(folder)
      #expect(await code(fetcher, huge) == .noSpace)
      #expect(server.requests.isEmpty)
    }
  }

  @Test func saysThatASourceHasNoMirror() async throws {
    try await withTemporaryFolder { folder in
      let fetcher = try fetcher(folder)
      #expect(await code(fetcher, artifact(.package, "debian", "a.deb")) == .mirror)
    }
  }
}

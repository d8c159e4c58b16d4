import Content
import Diagnostics
import Digests
import FileSystem
import Locks
import Mirrors
import Store
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Transfers

@testable import Fetching

/// Downloads from one or two mirrors on loopback that behave as the test says.
@Suite struct FetcherTests {
  private let first: LoopbackServer
  private let second: LoopbackServer
  private let content = [UInt8]((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
  private let events = Events()

  init() throws {
    first = try LoopbackServer()
    second = try LoopbackServer()
  }

  private final class Events: Sendable {
    let all = Mutex<[ProgressEvent]>([])
  }

  private func artifact(
    _ path: String = "pool/a.deb", kind: Artifact.Kind = .package, source: String = "debian",
    of content: [UInt8]? = nil
  ) -> Artifact {
    let content = content ?? self.content
    return Artifact(
      kind: kind, name: path.split(separator: "/").last.map(String.init) ?? path, version: "1",
      architecture: nil, size: Int64(content.count), sha256: SHA256Digest(of: content),
      source: source, path: path)
  }

  /// - Parameter stallTimeout: a busy machine stalls too, so only what is to stall gets little time.
  private func fetcher(
    _ folder: FilePath, bases: [String: [String]]? = nil, offline: Bool = false,
    stallTimeout: Int = 300
  ) throws -> Fetcher {
    let mirrors = Mirrors(
      bases ?? ["debian": [first.url, second.url], "pypi": [first.url + "/s"]])
    return try Fetcher(
      store: Store(root: folder.appending("store")), mirrors: mirrors,
      recipeDirectory: folder.appending("recipe"),
      settings: TransferSettings(
        environment: [:], connectTimeout: 60, stallTimeout: stallTimeout, stallSpeed: 50_000),
      limits: .init(rounds: 2, resumptions: 3, firstPause: 10), offline: offline, jobs: 4,
      progress: { [events] event in events.all.withLock { $0.append(event) } })
  }

  private func failure(
    _ fetcher: Fetcher, _ artifacts: [Artifact]
  ) async -> FetchError? {
    do throws(FetchError) {
      _ = try await fetcher.fetch(artifacts)
      return nil
    } catch {
      return error
    }
  }

  /// Fetches one artifact, which both mirrors have, from a first mirror of that behaviour.
  private func fetch(_ behaviours: LoopbackServer.Behaviour...) async throws {
    try await withTemporaryFolder { folder in
      first.put("/pool/a.deb", content)
      second.put("/pool/a.deb", content)
      first.put("/pool/a.deb", content, behaviours)
      let stalls = behaviours.contains { if case .stall = $0 { true } else { false } }
      let fetcher = try fetcher(folder, stallTimeout: stalls ? 5 : 300)
      let paths = try await fetcher.fetch([artifact()])
      let path = try #require(paths[artifact().sha256])
      #expect(try Files.read(path) == content)
    }
  }

  @Test func takesFromTheFirstMirrorOnceAndThenFromTheStore() async throws {
    try await withTemporaryFolder { folder in
      first.put("/pool/a.deb", content)
      first.put("/pool/b%2b1%7e.deb", [1, 2, 3])
      let wanted = [artifact(), artifact("pool/b+1~.deb", of: [1, 2, 3]), artifact()]
      let paths = try await fetcher(folder).fetch(wanted)
      #expect(paths.count == 2 && second.requests.isEmpty && first.requests.count == 2)
      #expect(try await fetcher(folder, offline: true).fetch(wanted) == paths)
      #expect(first.requests.count == 2)
      let events = events.all.withLock { $0 }
      #expect(events.first == .started(.fetch, total: 200_003, unit: .bytes))
      #expect(events.contains(.finished(.fetch, reused: false)))
      #expect(events.last == .finished(.fetch, reused: true))
      let ends = events.compactMap { event in
        if case .advanced(.fetch, let done, _) = event { done } else { nil }
      }
      #expect(ends.last == 200_003)
    }
  }

  @Test func tellsOfEachArrivalWhileOthersAreOnTheirWay() async throws {
    try await withTemporaryFolder { folder in
      first.put("/pool/a.deb", content, .stall(after: 1000))
      second.put("/pool/a.deb", content, .stall(after: 1000))
      first.put("/pool/b.deb", [1])
      let known = [artifact("pool/c.deb", of: [2])]
      first.put("/pool/c.deb", [2])
      _ = try await fetcher(folder).fetch(known)
      let fetcher = try fetcher(folder)
      let (arrivals, continuation) = AsyncStream<Artifact>.makeStream()
      let wanted = [artifact(), artifact("pool/b.deb", of: [1])] + known
      let fetching = Task {
        try await fetcher.fetch(wanted) { artifact, path in
          if Files.exists(path) { continuation.yield(artifact) }
        }
      }
      var names: [String] = []
      // The large one never comes.
      for await artifact in arrivals.prefix(2) { names.append(artifact.name) }
      #expect(names == ["c.deb", "b.deb"])
      fetching.cancel()
      await #expect(throws: FetchError.self) { try await fetching.value }
    }
  }

  @Test func aMirrorWithoutTheFileIsPassedOver() async throws {
    try await fetch(.status(404))
    #expect(first.requests.count == 1 && second.requests.count == 1)
  }

  @Test(arguments: [
    LoopbackServer.Behaviour.status(503), .status(429, retryAfter: 1), .flip(at: 77), .append(5),
    .lieAboutLength(by: 9), .lieAboutLength(by: -9), .redirect(to: "/pool/a.deb"), .garbage,
    .stall(after: 0),
  ])
  func survives(behaviour: LoopbackServer.Behaviour) async throws { try await fetch(behaviour) }

  @Test(arguments: [
    LoopbackServer.Behaviour.cut(after: 150_000), .stall(after: 150_000),
  ])
  func goesOnWhereItWasCut(behaviour: LoopbackServer.Behaviour) async throws {
    try await fetch(behaviour)
    // Where little time makes a stall, a busy machine stalls once more.
    let most = if case .stall = behaviour { 4 } else { 2 }
    #expect((2...most).contains(first.requests.count) && second.requests.isEmpty)
    let range = try #require(first.requests[1].headers["range"])
    #expect(range.hasPrefix("bytes=") && range != "bytes=0-")
  }

  @Test func beginsAgainWhereTheServerKnowsNoRanges() async throws {
    try await fetch(.cut(after: 150_000), .ignoreRange)
    #expect(first.requests.count == 2)
  }

  @Test func goesOnAfterAKilnThatWasKilled() async throws {
    try await withTemporaryFolder { folder in
      let fetcher = try fetcher(folder)
      let partial = folder.appending("store/partial/\(artifact().sha256.hex)")
      try Files.write(content.prefix(150_000), to: partial)
      first.put("/pool/a.deb", content)
      _ = try await fetcher.fetch([artifact()])
      #expect(first.requests.map { $0.headers["range"] } == ["bytes=150000-"])
    }
  }

  @Test func anOldPartOfSomethingElseIsThrownAway() async throws {
    try await withTemporaryFolder { folder in
      let fetcher = try fetcher(folder)
      let partial = folder.appending("store/partial/\(artifact().sha256.hex)")
      try Files.write([UInt8](repeating: 0, count: 1000), to: partial)
      first.put("/pool/a.deb", content)
      _ = try await fetcher.fetch([artifact()])
      #expect(first.requests.map { $0.headers["range"] } == ["bytes=1000-", nil])
    }
  }

  @Test func aWholePartNeedsNoRequest() async throws {
    try await withTemporaryFolder { folder in
      let fetcher = try fetcher(folder)
      try Files.write(content, to: folder.appending("store/partial/\(artifact().sha256.hex)"))
      _ = try await fetcher.fetch([artifact()])
      #expect(first.requests.isEmpty)
    }
  }

  @Test func aFileThatIsWrongTwiceIsNamedWithItsDigests() async throws {
    try await withTemporaryFolder { folder in
      first.put("/pool/a.deb", content, [.flip(at: 1), .flip(at: 1), .flip(at: 1)])
      second.put("/pool/a.deb", content, [.flip(at: 2), .flip(at: 2)])
      let fetcher = try fetcher(folder)
      let failure = try #require(await failure(fetcher, [artifact()]))
      #expect(failure.code == .corrupt)
      #expect(failure.attempts.map(\.url) == [first.url, second.url, first.url])
      #expect(failure.description.contains(artifact().sha256.hex))
      #expect(first.requests.count == 2 && second.requests.count == 1)
      #expect(second.requests.last?.headers["cache-control"] == "no-cache")
      #expect(first.requests.last?.headers["cache-control"] == "no-cache")
      #expect(fetcher.store.artifact(artifact().sha256) == nil)
    }
  }

  @Test func twoMirrorsWithAWrongFileDoNotKeepAThirdFromBeingAsked() async throws {
    try await withTemporaryFolder { folder in
      let third = try LoopbackServer()
      for server in [first, second] { server.put("/pool/a.deb", [1, 2, 3]) }
      third.put("/pool/a.deb", content)
      let bases = ["debian": [first.url, second.url, third.url]]
      let paths = try await fetcher(folder, bases: bases).fetch([artifact()])
      #expect(paths.count == 1)
    }
  }

  @Test func aNameWithSignsOfURLsIsAskedForAsItIs() async throws {
    try await withTemporaryFolder { folder in
      first.put("/pool/a_1%253a2%23%3f.deb", content)
      let paths = try await fetcher(folder).fetch([artifact("pool/a_1%3a2#?.deb")])
      #expect(paths.count == 1)
    }
  }

  @Test func whoIsNotLetInIsToldWhatHelps() async throws {
    try await withTemporaryFolder { folder in
      for server in [first, second] { server.put("/pool/a.deb", [], .status(401)) }
      let failure = try #require(await failure(fetcher(folder), [artifact()]))
      #expect(failure.code == .unreachable)
      let remedy = try #require(failure.diagnostics.first?.remedy)
      #expect(remedy.split(separator: ".netrc").count == 2 && !remedy.contains("http_proxy"))
    }
  }

  @Test func aLoginPageInTheFilesPlaceIsCalledOne() async throws {
    try await withTemporaryFolder { folder in
      let page = Array("<html>please log in</html>".utf8)
      for server in [first, second] {
        server.put("/pool/a.deb", page, contentType: "text/html; charset=utf-8")
      }
      let failure = try #require(await failure(fetcher(folder), [artifact()]))
      #expect(failure.code == .corrupt)
      let words = "26 bytes, not 200000: a web page"
      #expect(failure.attempts.allSatisfy { $0.reason.contains(words) })
    }
  }

  @Test func triesThatEndAlikeAreToldOnce() async throws {
    try await withTemporaryFolder { folder in
      let bases = ["debian": ["http://127.0.0.1:1"]]
      let failure = try #require(await failure(fetcher(folder, bases: bases), [artifact()]))
      #expect(failure.attempts.count > 1)
      let reason = try #require(failure.diagnostics.first?.reason)
      #expect(reason.split(separator: "\n").count == 1)
      #expect(reason.hasSuffix(" (\(failure.attempts.count) times)"))
    }
  }

  @Test func aFileThatNobodyHasIsNamedWithEachMirror() async throws {
    try await withTemporaryFolder { folder in
      let bases = ["debian": ["http://me:secret@127.0.0.1:\(first.port)", second.url]]
      second.put("/pool/a.deb", [], .status(503), .status(503))
      let failure = try #require(await failure(fetcher(folder, bases: bases), [artifact()]))
      #expect(failure.code == .unavailable)
      let urls = [first, second, second].map { "\($0.url)/pool/a.deb" }
      #expect(failure.attempts.map(\.url) == urls)
      #expect(!failure.description.contains("secret"))
      #expect(failure.description.contains("404") && failure.description.contains("503"))
    }
  }

  @Test func mirrorsThatAreDownDoNotMeanThatAFileIsGone() async throws {
    try await withTemporaryFolder { folder in
      first.put("/pool/a.deb", [], .status(503), .status(503))
      // Port 1 is nobody's.
      let bases = ["debian": [first.url, "http://127.0.0.1:1"]]
      let failure = try #require(await failure(fetcher(folder, bases: bases), [artifact()]))
      #expect(failure.code == .unreachable && failure.attempts.count == 4)
    }
  }

  @Test func twoKilnsShareADownload() async throws {
    try await withTemporaryFolder { folder in
      first.put("/pool/a.deb", content, [.slowly(bytes: 50_000, milliseconds: 30)])
      let kilns = [try fetcher(folder), try fetcher(folder), try fetcher(folder)]
      let paths = try await withThrowingTaskGroup(of: FilePath?.self) { group in
        for kiln in kilns {
          group.addTask { try await kiln.fetch([artifact()])[artifact().sha256] }
        }
        return try await group.reduce(into: [FilePath?]()) { $0.append($1) }
      }
      #expect(Set(paths).count == 1 && paths.count == 3 && first.requests.count == 1)
    }
  }

  @Test func offlineNamesAllThatIsMissing() async throws {
    try await withTemporaryFolder { folder in
      let wanted = [artifact("pool/b.deb", of: [1]), artifact("pool/a.deb", of: [2])]
      let failure = await failure(try fetcher(folder, offline: true), wanted)
      #expect(failure?.code == .offline && failure?.subjects == ["a.deb 1", "b.deb 1"])
      #expect("\(try #require(failure))".contains("kiln store import"))
      #expect(first.requests.isEmpty)
    }
  }

  /// Of a whole distribution's packages only some can be named: the largest say most.
  @Test func offlineNamesTheLargestOfManyAndCountsTheRest() async throws {
    try await withTemporaryFolder { folder in
      let wanted = (1...30).map { number in
        artifact("pool/p\(number).deb", of: [UInt8](repeating: UInt8(number), count: number * 1000))
      }
      let failure = try #require(await failure(try fetcher(folder, offline: true), wanted))
      let diagnostic = try #require(failure.diagnostics.first)
      #expect(failure.subjects.count == 30)
      #expect(diagnostic.code == "K3201")
      #expect(diagnostic.message == "30 files (465 kB) are not in the store, and kiln is offline")
      let lines = diagnostic.reason?.split(separator: "\n")
      #expect(lines?.first == "p30.deb 1" && lines?.last == "and 20 more" && lines?.count == 11)
      #expect(diagnostic.remedy?.contains("--offline") == true)
    }
  }

  @Test func endsWhenTheTaskIsCancelledAndKeepsWhatCame() async throws {
    try await withTemporaryFolder { folder in
      // A download that only got slow would be over before a busy machine came back to this test.
      first.put("/pool/a.deb", content, [.stall(after: 50_000)])
      let fetcher = try fetcher(folder)
      let task = Task { await failure(fetcher, [artifact()]) }
      while fetcher.store.partialSize(artifact().sha256) < 2000 {
        try await Task.sleep(for: .milliseconds(5))
      }
      task.cancel()
      #expect(await task.value?.code == .interrupted)
      #expect(fetcher.store.partialSize(artifact().sha256) >= 2000)
    }
  }
}

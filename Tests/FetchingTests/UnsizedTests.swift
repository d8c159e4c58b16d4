import Diagnostics
import Digests
import FileSystem
import Mirrors
import Store
import SystemPackage
import TestSupport
import Testing
import Transfers

@testable import Fetching

/// Files that a recipe names by their URLs, whose sizes nobody has told.
@Suite struct UnsizedTests {
  private let content = [UInt8](repeating: 7, count: 200_000)
  private var digest: SHA256Digest { SHA256Digest(of: content) }

  private func fetcher(_ folder: FilePath, largest: Int64 = 1 << 30) throws -> Fetcher {
    try Fetcher(
      store: Store(root: folder.appending("store")), mirrors: Mirrors([:]),
      recipeDirectory: folder, settings: TransferSettings(environment: [:]),
      limits: .init(rounds: 3, firstPause: 10), offline: false, jobs: 4, largest: largest,
      progress: { _ in })
  }

  @Test(arguments: [LoopbackServer.Behaviour.append(4 << 20), .serve])
  func takesNoMoreThanThereIsRoom(behaviour: LoopbackServer.Behaviour) async throws {
    try await withTemporaryFolder { folder in
      let server = try LoopbackServer()
      // Of the first the server tells no length.
      server.put("/a.deb", content, behaviour)
      let fetcher = try fetcher(folder, largest: 199_999)
      let error = await #expect(throws: FetchError.self) {
        try await fetcher.fetch(url: "\(server.url)/a.deb", sha256: digest)
      }
      #expect(error?.code == .unbounded)
      #expect(error?.attempts.first?.reason == "it has more than 199 kB")
      #expect(error?.diagnostics.first?.remedy?.contains("kiln store gc --days 7") == true)
      #expect(server.requests.count == 1)
      // What filled the disk is gone.
      #expect(fetcher.store.partialSize(digest) == 0)
      let taken = try await self.fetcher(folder, largest: 200_000)
        .fetch(url: "\(server.url)/a.deb", sha256: digest)
      #expect(taken.size == 200_000)
    }
  }

  @Test func asksForASizeAloneAsOftenAsForAFile() async throws {
    try await withTemporaryFolder { folder in
      let server = try LoopbackServer()
      server.put("/a.whl", content, .status(503), .status(429, retryAfter: 1))
      server.put("/b.whl", content, .append(10))
      server.put("/c.whl", content, .status(404))
      let fetcher = try fetcher(folder)
      #expect(try await fetcher.announcedSize(of: "\(server.url)/a.whl") == 200_000)
      #expect(server.requests.count == 3)
      #expect(try await fetcher.announcedSize(of: "\(server.url)/b.whl") == nil)
      let error = await #expect(throws: FetchError.self) {
        let base = server.url.replacing("://", with: "://me:secret@")
        return try await fetcher.announcedSize(of: "\(base)/c.whl")
      }
      #expect(error?.code == .unavailable)
      #expect(error.map { "\($0)" }?.contains("secret") == false)
      #expect(server.count("/c.whl") == 1)
    }
  }
}

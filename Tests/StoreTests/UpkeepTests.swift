import Content
import Digests
import FileSystem
import Store
import SystemPackage
import TestSupport
import Testing

/// Verification, statistics and collection.
@Suite struct UpkeepTests {
  /// A store with artifacts of 100 bytes, each last used so many seconds before 2001.
  private func store(_ folder: FilePath, ages: [Int64]) async throws -> [SHA256Digest] {
    let store = try Store(root: folder.appending("store"))
    var digests: [SHA256Digest] = []
    for (index, age) in ages.enumerated() {
      let file = folder.appending("file")
      try Files.write([UInt8](repeating: UInt8(index), count: 100), to: file)
      let admitted = try await store.admit(file: file)
      try Files.setModified(978_307_200 - age, of: admitted.path)
      digests.append(admitted.digest)
    }
    return digests
  }

  private func paths(_ folder: FilePath) throws -> Int {
    let shards = folder.appending("store/artifacts")
    return try Files.entries(shards).reduce(0) {
      try $0 + Files.entries(shards.appending($1)).count
    }
  }

  @Test func collectsTheLeastRecentlyUsedFirst() async throws {
    try await withTemporaryFolder { folder in
      let digests = try await store(folder, ages: [10, 30, 20])
      let store = try Store(root: folder.appending("store"))
      let report = try store.gc(olderThan: nil, downTo: 250)
      #expect(report.removed == 1 && report.freedBytes == 100)
      #expect(report.kept == 2 && report.keptBytes == 200 && report.inUse == 0)
      #expect(store.artifact(digests[1]) == nil && store.artifact(digests[0]) != nil)
      #expect(try store.gc(olderThan: nil, downTo: 250).removed == 0)
    }
  }

  @Test func aLimitOfNothingLeavesNothingNotEvenWhatIsEmpty() async throws {
    try await withTemporaryFolder { folder in
      _ = try await store(folder, ages: [20])
      let empty = folder.appending("empty")
      try Files.write("", to: empty)
      let admitted = try await Store(root: folder.appending("store")).admit(file: empty)
      // Used last, so that nothing is left to come down from when its turn comes.
      try Files.setModified(978_307_200, of: admitted.path)
      let report = try Store(root: folder.appending("store")).gc(olderThan: nil, downTo: 0)
      #expect(report.removed == 2 && report.kept == 0)
    }
  }

  @Test func collectsWhatIsOld() async throws {
    try await withTemporaryFolder { folder in
      _ = try await store(folder, ages: [0, 1000])
      let store = try Store(root: folder.appending("store"))
      #expect(try store.gc(olderThan: 10_000_000_000, downTo: nil).removed == 0)
      #expect(try store.gc(olderThan: 1, downTo: nil).removed == 2)
      #expect(try paths(folder) == 0)
    }
  }

  @Test func keepsWhatARunningKilnUses() async throws {
    try await withTemporaryFolder { folder in
      let digests = try await store(folder, ages: [10, 20])
      let running = try Store(root: folder.appending("store"))
      #expect(running.artifact(digests[0]) != nil)
      let key = SHA256Digest(ofText: "key")
      let made = try await running.result(.layer, key: key, failure: { $0 }) {
        (target) throws(FileError) in
        try Files.makeDirectory(target.appending("upper"))
      }
      let report = try Store(root: folder.appending("store")).gc(olderThan: 0, downTo: 0)
      #expect(report.removed == 1 && report.inUse == 2)
      #expect(Files.exists(made.path) && running.artifact(digests[0]) != nil)
      #expect(running.artifact(digests[1]) == nil)
    }
  }

  @Test func collectsAbandonedDownloadsButNoneUnderWay() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      let digest = SHA256Digest(ofText: "x")
      let partial = folder.appending("partial/\(digest.hex)")
      try Files.write("half", to: partial)
      try Files.setModified(1000, of: partial)
      _ = try? await store.admit(digest, size: nil, failure: { $0 }) { _ throws(StoreError) in
        #expect((try? store.gc(olderThan: 1, downTo: nil))?.removed == 0)
      }
      try Files.write("half", to: partial)
      try Files.setModified(1000, of: partial)
      #expect(try store.gc(olderThan: 1, downTo: nil).removed == 1)
      #expect(!Files.exists(partial))
    }
  }

  @Test(arguments: [Store.Folder.apt(.init(ofText: "suites")), .uv])
  func collectsAToolsFolderThatNobodyHolds(folder kind: Store.Folder) async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      func work() async throws -> FilePath {
        let held = try await store.hold(kind)
        try Files.write("0123456789", to: held.path.appending("index"))
        try Files.setModified(1000, of: held.path)
        #expect(try store.gc(olderThan: 1, downTo: 0).removed == 0)
        #expect(try store.stats().contains { $0.count == 1 && $0.bytes == 10 })
        return held.path
      }
      let path = try await work()
      #expect(try await store.verify(repair: true, jobs: 1) == [])
      let report = try store.gc(olderThan: 1, downTo: nil)
      #expect(report.removed == 1 && report.freedBytes == 10)
      #expect(!Files.exists(path))
    }
  }

  @Test func collectsLocksThatNobodyHolds() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      let locks = { try Files.entries(folder.appending("locks")).filter { $0.contains("-") } }
      let (made, under) = (SHA256Digest(ofText: "made"), SHA256Digest(ofText: "under way"))
      for key in [made, under] {
        _ = try await store.result(.layer, key: key, failure: { $0 }) {
          (target) throws(FileError) in
          guard key == under else { return }
          #expect((try? locks().count) == 2)
          _ = try? store.gc(olderThan: nil, downTo: nil)
          #expect((try? locks()) == ["layer-\(under.hex)"])
        }
      }
      _ = try store.gc(olderThan: nil, downTo: nil)
      #expect(try locks() == [])
    }
  }

  /// Each as kiln makes it, or did, with no file more.
  @Test(arguments: [
    (Store.ResultKind.layer, ["upper", "listing"]), (.pristine, ["root", "listing"]),
    (.layer, ["upper", "owners", "digests"]), (.call, ["upper"]), (.call, ["output"]),
    (.assembly, ["sha256"]), (.assembly, ["facts"]), (.configured, ["set"]), (.member, ["file"]),
    (.byteCode, ["upper", "listing"]), (.environment, ["upper", "listing"]),
  ])
  func wholeResultsAreNoDamage(kind: Store.ResultKind, names: [String]) async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      let key = SHA256Digest(ofText: "key")
      _ = try await store.result(kind, key: key, failure: { $0 }) { (folder) throws(FileError) in
        for name in names { try Files.write("", to: folder.appending(name)) }
      }
      #expect(try await store.verify(repair: true, jobs: 1) == [])
      #expect(store.result(kind, key: key) != nil)
    }
  }

  @Test(arguments: [
    (Store.ResultKind.member, "file"), (.call, "output"), (.configured, "set"),
    (.assembly, "sha256"), (.standing, "facts"), (.beginning, "state"),
  ])
  func aFlippedByteIsFoundByTheDigestBesideIt(kind: Store.ResultKind, part: String) async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      let made = try await store.result(kind, key: .init(ofText: "key"), failure: { $0 }) {
        (folder) throws(FileError) in
        try SealedFile.write(Array("whole".utf8), to: folder.appending(part))
      }
      let file = made.path.appending(part)
      #expect(try await store.verify(repair: false, jobs: 1) == [])
      #expect(try SealedFile.read(file) == Array("whole".utf8))
      try Files.write("whale", to: file)
      #expect(throws: FileError(.damaged, "understand", file)) { try SealedFile.read(file) }
      let found = try await store.verify(repair: true, jobs: 1)
      #expect(found.map(\.reason) == [.digest(actual: .init(ofText: "whale"))])
    }
  }

  @Test(arguments: [
    (Store.ResultKind.byteCode, "upper"), (.environment, "upper"), (.standing, "facts"),
    (.beginning, "state"),
  ])
  func whatCannotBeCheckedIsNotWhole(kind: Store.ResultKind, part: String) async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      _ = try await store.result(kind, key: .init(ofText: "key"), failure: { $0 }) {
        (folder) throws(FileError) in try Files.write("", to: folder.appending(part))
      }
      #expect(try await store.verify(repair: false, jobs: 1).map(\.reason) == [.incomplete])
    }
  }

  @Test func findsAndRemovesDamage() async throws {
    try await withTemporaryFolder { folder in
      let digests = try await store(folder, ages: [1, 2, 3])
      let store = try Store(root: folder.appending("store"))
      #expect(try await store.verify(repair: true, jobs: 2) == [])
      let path = try #require(store.artifact(digests[1]))
      try Files.write("rotten", to: path)
      let key = SHA256Digest(ofText: "key")
      let shard = store.root.appending("results/layer/\(key.hex.prefix(2))")
      try Files.makeDirectories(shard.appending(String(key.hex.dropFirst(2))))
      try Files.write("", to: shard.appending("stray"))
      let damage = try await store.verify(repair: false, jobs: 2)
      #expect(damage.count == 3 && damage.allSatisfy { !$0.isRemoved })
      #expect(
        damage.contains { $0.path == path && $0.reason == .digest(actual: .init(ofText: "rotten")) }
      )
      #expect(damage.contains { $0.reason == .incomplete })
      #expect(damage.contains { $0.reason == .stray })
      #expect(try await store.verify(repair: true, jobs: 1).count == 3)
      #expect(try await store.verify(repair: true, jobs: 1) == [])
      #expect(store.artifact(digests[1]) == nil && store.artifact(digests[0]) != nil)
    }
  }

  @Test func removesAResultThatIsNotAsItWasMade() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      let key = SHA256Digest(ofText: "key")
      let made = try await store.result(.layer, key: key, failure: { $0 }) {
        (folder) throws(FileError) in try Files.write("", to: folder.appending("listing"))
      }
      let departure = { @Sendable (kind: Store.ResultKind, folder: FilePath) -> String? in
        kind == .layer && folder == made.path ? "upper/etc" : nil
      }
      let found = try await store.verify(repair: false, jobs: 1, departure: departure)
      #expect(found.map(\.reason) == [.changed(part: "upper/etc")])
      #expect(found.first?.reason.text == "upper/etc is not what it was made as")
      #expect(store.result(.layer, key: key) != nil)
      #expect(try await store.verify(repair: true, jobs: 1, departure: departure).count == 1)
      #expect(store.result(.layer, key: key) == nil)
    }
  }

  /// A collection beside a verification.
  @Test(arguments: [false, true])
  func whatIsCollectedMeanwhileIsNoDamage(repair: Bool) async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      _ = try await store.result(.layer, key: .init(ofText: "key"), failure: { $0 }) {
        (folder) throws(FileError) in try Files.write("", to: folder.appending("listing"))
      }
      let found = try await store.verify(repair: repair, jobs: 1) { _, path in
        try? Files.removeTree(path)
        return "listing"
      }
      #expect(found == [])
    }
  }

  @Test(arguments: ["artifacts", "results/layer"])
  func aStrayFileIsNamedAndRemoved(place: String) async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(root: folder)
      try Files.makeDirectories(folder.appending(place))
      let stray = folder.appending(place).appending("README")
      try Files.write("notes", to: stray)
      #expect(try store.stats().contains { $0.count == 1 && $0.bytes == 5 })
      #expect(try store.results(.layer) == [])
      #expect(try store.gc(olderThan: 1000, downTo: nil).kept == 1)
      let damage = try await store.verify(repair: true, jobs: 1)
      #expect(damage.map(\.path) == [stray] && damage.map(\.reason) == [.stray])
      #expect(!Files.exists(stray))
    }
  }

  @Test func countsByKind() async throws {
    try await withTemporaryFolder { folder in
      _ = try await store(folder, ages: [1, 2])
      let store = try Store(root: folder.appending("store"))
      _ = try await store.result(.wheel, key: .init(ofText: "w"), failure: { $0 }) {
        (target) throws(FileError) in
        try Files.write("12345", to: target.appending("a"))
        try Files.makeHardLink(target.appending("b"), to: target.appending("a"))
      }
      let stats = try store.stats()
      #expect(stats.map(\.kind).prefix(2) == ["artifact", "partial"])
      #expect(stats.first { $0.kind == "artifact" }?.bytes == 200)
      #expect(stats.first { $0.kind == "wheel" }?.bytes == 5)
      #expect(stats.first { $0.kind == "wheel" }?.count == 1)
    }
  }
}

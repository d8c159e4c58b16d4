import FileSystem
import Images
import Locks
import Needs
import Packages
import SystemPackage
import TestSupport
import Testing

@testable import Builds

/// Work that is done before its turn has come.
@Suite(.needs("gpg and dpkg-deb", if: AptRepository.isAvailable))
struct AheadTests {
  private func request(_ setting: ServedArchive) -> BuildRequest {
    BuildRequest(
      recipe: setting.recipe, variables: [:], output: setting.recipe.removingLastComponent(),
      locked: false, format: .tarGzip, compression: .fast)
  }

  private func unpacked(_ setting: ServedArchive) throws -> Set<String> {
    let lock = try #require(try setting.builder.standingLock(setting.recipe).lock)
    return Set(
      lock.packages.filter { PackageUnpacker.isUnpacked($0, in: setting.builder.store) }
        .map(\.name))
  }

  @Test func whatHasArrivedIsUnpackedWhileTheRestIsOnItsWay() async throws {
    try await ServedArchive.with { setting in
      try await setting.publish(tool: "1.0", on: 0)
      try await setting.makeLock()
      let path = AptRepository.poolPath(TestDeb("tool", version: "1.0"))
      let content = try Files.read(setting.repository.root.appending(path))
      setting.server.put("/" + path, content, .stall(after: content.count - 1))

      let arrivals = Arrivals()
      async let unpacking: Void = setting.builder.unpack(arrivals, workers: 1)
      let preparation = Task {
        try await setting.builder.prepare(
          recipe: setting.recipe, variables: [:], locked: true, progress: setting.notices.add,
          arrivals: arrivals)
      }
      // The download of `tool` hangs for as long as the test lets it.
      while try unpacked(setting) != ["base", "apt"] { try await Task.sleep(for: .milliseconds(5)) }
      preparation.cancel()
      await #expect(throws: BuildError.self) { try await preparation.value }
      arrivals.close(dropping: true)
      await unpacking
      #expect(try unpacked(setting) == ["base", "apt"])
    }
  }

  @Test func theNextRecipeIsFetchedAndUnpackedBesideTheFirst() async throws {
    try await ServedArchive.with { setting in
      try await setting.publish(tool: "1.0", on: 0)
      try await setting.makeLock()
      let clock = StageClock { _ in }
      await setting.builder.bringAhead(request(setting), beside: request(setting), clock)
      #expect(try unpacked(setting) == ["base", "apt", "tool"])
      #expect(clock.downloaded > 0)
    }
  }

  /// Locks are made when it is their recipe's turn: should a build before fail, nothing has changed.
  @Test func aLockIsNotMadeAhead() async throws {
    try await ServedArchive.with { setting in
      try await setting.publish(tool: "1.0", on: 0)
      await setting.builder.bringAhead(
        request(setting), beside: request(setting), StageClock { _ in })
      #expect(!Files.exists(setting.lock) && setting.server.requests.isEmpty)
    }
  }
}

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

/// An archive that goes on while a lock stays: what a build from the lock does then.
@Suite(.needs("gpg and dpkg-deb", if: AptRepository.isAvailable))
struct RenewalTests {
  private func tool(_ lock: Lock?) -> String? {
    lock?.packages.first { $0.name == "tool" }?.version
  }

  @Test func aPackageThatTheMirrorsDroppedIsResolvedAnew() async throws {
    try await ServedArchive.with { setting in
      try await setting.publish(tool: "1.0", on: 0)
      try await setting.makeLock()
      let old = try #require(try Lock.read(setting.lock))
      try await setting.publish(tool: "1.1", on: 1)
      try setting.drop(tool: "1.0")

      let prepared = try await setting.prepare(locked: false)
      let notice = try #require(setting.notices.messages["K3202"])
      #expect(notice.contains("tool 1.0") && notice.contains("resolving anew"))
      #expect(tool(prepared.lock) == "1.1")
      #expect(try Lock.read(setting.lock) == prepared.lock)
      #expect(prepared.lock.date > old.date)
      // What the mirrors still have stays as it was.
      let others = { (lock: Lock) in lock.packages.filter { $0.name != "tool" } }
      #expect(others(prepared.lock) == others(old))
      for artifact in prepared.lock.artifacts {
        #expect(prepared.artifacts[artifact.sha256].map { Files.exists($0) } == true)
      }
      #expect(try await setting.prepare(locked: true).lock == prepared.lock)
    }
  }

  @Test func lockedRefusesToResolveAnew() async throws {
    try await ServedArchive.with { setting in
      try await setting.publish(tool: "1.0", on: 0)
      try await setting.makeLock()
      let bytes = try Files.read(setting.lock)
      try await setting.publish(tool: "1.1", on: 1)
      try setting.drop(tool: "1.0")

      let error = await #expect(throws: BuildError.self) {
        _ = try await setting.prepare(locked: true)
      }
      let diagnostic = try #require(error?.diagnostics.first)
      #expect(diagnostic.code == "K3202" && diagnostic.message.contains("tool 1.0"))
      #expect(diagnostic.remedy?.contains("kiln lock") == true && error?.isWrongUse == false)
      #expect(try Files.read(setting.lock) == bytes)
      #expect(setting.notices.messages["K3202"] == nil)
    }
  }

  @Test func aMirrorThatGivesNothingChangesNoLock() async throws {
    try await ServedArchive.with { setting in
      try await setting.publish(tool: "1.0", on: 0)
      try await setting.makeLock()
      let bytes = try Files.read(setting.lock)
      try await setting.publish(tool: "1.1", on: 1)
      let path = AptRepository.poolPath(TestDeb("tool", version: "1.0"))
      let content = try Files.read(setting.repository.root.appending(path))
      setting.server.put("/" + path, content, .status(403))

      let error = await #expect(throws: BuildError.self) {
        _ = try await setting.prepare(locked: false)
      }
      #expect(error?.diagnostics.map(\.code) == ["K3211"])
      #expect(try Files.read(setting.lock) == bytes)
      #expect(setting.notices.messages["K3202"] == nil)
      // The next run has the old version, which the mirror still gives.
      #expect(tool(try await setting.prepare(locked: false).lock) == "1.0")
    }
  }

  @Test func aPackageThatIsGoneForGoodIsAnError() async throws {
    try await ServedArchive.with { setting in
      try await setting.publish(tool: "1.0", on: 0)
      try await setting.makeLock()
      try setting.drop(tool: "1.0")
      // The index still promises it.
      let error = await #expect(throws: BuildError.self) {
        _ = try await setting.prepare(locked: false)
      }
      #expect(error?.diagnostics.map(\.code) == ["K3202"])
      #expect(tool(try Lock.read(setting.lock)) == "1.0")
    }
  }
}

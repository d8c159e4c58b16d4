import FileSystem
import SystemPackage
import TestSupport
import Testing

/// What a killed process leaves beside a file that it was writing.
@Suite struct AbandonedFileTests {
  @Test func theNextWriterRemovesIt() async throws {
    try await withTemporaryFolder { folder in
      let target = folder.appending("a.tar.gz")
      let others = [".b.tar.gz.1-2.part", ".a.tar.gz.keep", "a.tar.gz.1-2.part"]
      for name in [".a.tar.gz.4000000-77.part"] + others {
        try Files.write("half", to: folder.appending(name))
      }
      var file = try AtomicFile.create(target)
      try file.write("whole")
      try file.publish()
      #expect(try Files.entries(folder).sorted() == (others + ["a.tar.gz"]).sorted())
    }
  }

  @Test func whatSomebodyWritesStays() async throws {
    try await withTemporaryFolder { folder in
      let target = folder.appending("a")
      var first = try AtomicFile.create(target)
      try first.write("first")
      var second = try AtomicFile.create(target)
      try second.write("second")
      try second.publish()
      #expect(try Files.readText(target) == "second")
      try first.publish()
      #expect(try Files.readText(target) == "first")
      #expect(try Files.entries(folder) == ["a"])
    }
  }

  @Test func manyWritersDoNotDisturbEachOther() async throws {
    try await withTemporaryFolder { folder in
      let target = folder.appending("a")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<8 {
          group.addTask {
            for _ in 0..<50 {
              var file = try AtomicFile.create(target)
              try file.write("writer \(number)")
              try file.publish()
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try Files.readText(target).hasPrefix("writer "))
      #expect(try Files.entries(folder) == ["a"])
    }
  }
}

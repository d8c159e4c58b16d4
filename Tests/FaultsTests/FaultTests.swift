import Commands
import Digests
import FileSystem
import Needs
import SystemPackage
import TestSupport
import Testing

/// Kills, failing disks, bad servers and company: nothing is lost, and the next build gives the same.
///
/// `make faults` runs a campaign of it (`KILN_FAULTS=200`); the ordinary tests take a point of each.
@Suite(.serialized, .needs("root, gpg and dpkg-deb", if: TinyDebian.isAvailable))
struct FaultTests {
  static let campaign = TestEnvironment.value("KILN_FAULTS").flatMap { Int($0) }
  private static let kills = campaign ?? 1
  /// For each of the two errors.
  private static let writes = campaign.map { max(1, $0 / 4) } ?? 1

  /// What a build without faults gives, and how many changes to files it makes.
  private func reference(
    _ kitchen: Kitchen
  ) async throws -> (images: [String: SHA256Digest], changes: Int) {
    let counter = kitchen.debian.folder.appending("count")
    try await kitchen.build(fault: "count:\(counter)").run()
    let changes = try #require(Int(try Files.readText(counter).dropLast()))
    return (try kitchen.images(), changes)
  }

  /// One point of each of `count` equal parts of a build.
  private func points(_ count: Int, of changes: Int) -> [Int] {
    (0..<count).map { 1 + ($0 * changes + Int.random(in: 0..<changes)) / count }
  }

  /// Nothing of a kiln that is gone is left but what the next one takes up or away.
  private func expectNoTrace(_ kitchen: Kitchen, _ title: String) throws {
    #expect(try kitchen.traces() == [], "\(title)")
  }

  /// The store is whole, the next build succeeds, and everything is as if nothing had happened.
  private func expectRecovery(
    _ kitchen: Kitchen, _ expected: [String: SHA256Digest], _ title: String
  ) async throws {
    let verified = try await kitchen.kiln(["store", "verify"], accepted: [0, 1]).run()
    #expect(verified.status == 0, "\(title): \(verified.output)")
    let built = try await kitchen.build(accepted: [0, 1, 2]).run()
    #expect(built.status == 0, "\(title): \(built.errors)")
    #expect(try kitchen.images() == expected, "\(title)")
    for folder in ["work", "sessions", "partial"] {
      let left = try Files.entries(kitchen.store.appending(folder))
      #expect(left == [], "\(title): \(folder)")
    }
    try expectNoTrace(kitchen, title)
  }

  @Test func killedAtAnyPoint() async throws {
    try await Kitchen.with { kitchen in
      let (images, changes) = try await reference(kitchen)
      for point in points(Self.kills, of: changes) {
        try kitchen.begin()
        let status = try await kitchen.status(of: kitchen.build(fault: "kill:\(point)"))
        // The number of changes is not the same in each build: the last points may not come.
        #expect(status == 137 || status == 0 && point > changes * 9 / 10, "\(point): \(status)")
        try expectNoTrace(kitchen, "killed at \(point)")
        try await expectRecovery(kitchen, images, "killed at \(point)")
      }
    }
  }

  @Test(arguments: ["ENOSPC", "EIO"])
  func aDiskThatFailsAtAnyWrite(error: String) async throws {
    try await Kitchen.with { kitchen in
      let (images, changes) = try await reference(kitchen)
      for point in points(Self.writes, of: changes) {
        try kitchen.begin()
        let result = try await kitchen.build(fault: "\(error):\(point)", accepted: [0, 1]).run()
        let title = "\(error) at \(point)"
        if result.status == 0 {
          // What failed was of no consequence, or has been done in another way.
          #expect(try kitchen.images() == images, "\(title)")
        } else {
          #expect(result.errors.contains("error[K"), "\(title): \(result.errors)")
        }
        try await expectRecovery(kitchen, images, title)
      }
    }
  }

  /// What is not on the disk gets no name: after a loss of power it would have empty files.
  @Test func whatCannotBePutOnTheDiskIsNoResult() async throws {
    try await Kitchen.with { kitchen in
      let (images, _) = try await reference(kitchen)
      try kitchen.begin()
      let result = try await kitchen.build(fault: "syncfs:1", accepted: [1]).run()
      #expect(result.errors.contains("cannot write to the disk"), "\(result.errors)")
      try await expectRecovery(kitchen, images, "no syncfs succeeds")
    }
  }

  /// Its file's name stays: what the last one compressed must not come back in its images.
  @Test func anotherReleaseOfTheLibraryGivesTheImagesOfAnEmptyStore() async throws {
    try await Kitchen.with { kitchen in
      let (images, _) = try await reference(kitchen)
      try await kitchen.build(fault: "libdeflate").run()
      let updated = try kitchen.images()
      try kitchen.begin()
      try await kitchen.build(fault: "libdeflate").run()
      #expect(try kitchen.images() == updated && updated != images)
    }
  }

  /// A shorter folder would be a smaller image.
  @Test func aFolderThatCannotBeReadToItsEndIsAnError() async throws {
    try await Kitchen.with { kitchen in
      let result = try await kitchen.kiln(
        ["store", "stats"], fault: "readdir:4", accepted: [0, 1]
      ).run()
      #expect(result.status == 1 && result.errors.contains("error[K3106]"), "\(result.errors)")
    }
  }

  @Test(
    .needs("KILN_FAULTS, as `make faults` sets it", if: campaign != nil),
    arguments: [
      LoopbackServer.Behaviour.cut(after: 1000), .lieAboutLength(by: 7), .lieAboutLength(by: -7),
      .flip(at: 500), .append(9), .redirect(to: "/again"), .garbage, .status(503), .status(403),
    ])
  func aServerThatMisbehaves(behaviour: LoopbackServer.Behaviour) async throws {
    try await Kitchen.with { kitchen in
      let (images, _) = try await reference(kitchen)
      try kitchen.begin()
      let package = TestDeb("demo-data")
      let path = "/" + AptRepository.poolPath(package)
      let content = try Files.read(
        kitchen.debian.repository.root.appending(String(path.dropFirst())))
      kitchen.server.put("/again", [], Array(repeating: .redirect(to: "/again"), count: 200))
      kitchen.server.put(path, content, Array(repeating: behaviour, count: 200))
      let result = try await kitchen.build(accepted: [0, 1]).run()
      if result.status == 0 {
        // Piece by piece the whole file has come.
        #expect(behaviour == .cut(after: 1000))
      } else {
        #expect(result.errors.contains("error[K32"), "\(behaviour): \(result.errors)")
        #expect(result.errors.contains("demo-data"), "\(behaviour): \(result.errors)")
        #expect(try kitchen.images() == [:])
      }
      kitchen.server.put(path, content)
      try await expectRecovery(kitchen, images, "\(behaviour)")
      // One that comes to its senses at once costs no more than a retry; these two are answers that
      // no retry changes.
      guard ![.status(403), .redirect(to: "/again")].contains(behaviour) else { return }
      try kitchen.begin()
      kitchen.server.put(path, content, [behaviour])
      try await expectRecovery(kitchen, images, "once \(behaviour)")
    }
  }

  @Test(.needs("KILN_FAULTS, as `make faults` sets it", if: campaign != nil))
  func aServerThatStalls() async throws {
    try await Kitchen.with { kitchen in
      let (images, _) = try await reference(kitchen)
      try kitchen.begin()
      let path = "/" + AptRepository.poolPath(TestDeb("demo-data"))
      let content = try Files.read(
        kitchen.debian.repository.root.appending(String(path.dropFirst())))
      kitchen.server.put(path, content, [.stall(after: 1000)])
      try await expectRecovery(kitchen, images, "stalled")
    }
  }

  @Test(.needs("KILN_FAULTS, as `make faults` sets it", if: campaign != nil), arguments: [2, 4, 8])
  func manyKilnsShareAStore(count: Int) async throws {
    try await Kitchen.with { kitchen in
      let (images, _) = try await reference(kitchen)
      try kitchen.begin()
      let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
        for number in 0..<count {
          let output = kitchen.debian.folder.appending("images-\(number)")
          group.addTask {
            try await kitchen.build(to: output, accepted: [0, 1, 2]).run().status
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses == Array(repeating: 0, count: count))
      for number in 0..<count {
        let output = kitchen.debian.folder.appending("images-\(number)")
        #expect(try kitchen.images(in: output) == images)
      }
      try await expectRecovery(kitchen, images, "\(count) kilns")
    }
  }

  /// A kiln that is killed while others work on the same results disturbs none of them.
  @Test(.needs("KILN_FAULTS, as `make faults` sets it", if: campaign != nil))
  func oneOfManyIsKilled() async throws {
    try await Kitchen.with { kitchen in
      let (images, changes) = try await reference(kitchen)
      try kitchen.begin()
      let victims = points(3, of: changes).map { kitchen.build(fault: "kill:\($0)") }
      let output = kitchen.debian.folder.appending("survivor")
      async let survivor = kitchen.build(to: output, accepted: [0, 1, 2]).run()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for victim in victims {
          group.addTask { _ = try await kitchen.status(of: victim) }
        }
        try await group.waitForAll()
      }
      let result = try await survivor
      #expect(result.status == 0, "\(result.errors)")
      #expect(try kitchen.images(in: output) == images)
      try await expectRecovery(kitchen, images, "one of many")
    }
  }
}

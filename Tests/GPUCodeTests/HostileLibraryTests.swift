import FileSystem
import GPUCode
import SystemPackage
import TestSupport
import Testing

/// Files that nobody should have made: each is an error or has no code, soon.
@Suite struct HostileLibraryTests {
  private let sound = MadeLibrary.named(
    "libsound.so.1", [MadeEntry.section([[.cubin(75), .ptx(75)], [.cubin(86)]])])

  /// - Returns: nil where the file is damaged.
  private func read(_ bytes: [UInt8], _ path: FilePath) throws -> GPULibrary? {
    try Files.write(bytes, to: path)
    do throws(GPUCodeError) {
      return try GPULibrary.read(path, as: "lib.so")
    } catch {
      #expect(error.code == .damaged, "\(error)")
      return nil
    }
  }

  private func expectDamaged(
    _ sections: [MadeLibrary.Section], fileSize: Int64? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await withTemporaryFolder { folder in
      let path = try MadeLibrary(sections: sections).write(to: folder.appending("lib.so"))
      if let fileSize {
        let file = try FileDescriptor.open(path, .writeOnly)
        defer { try? file.close() }
        try file.resize(to: fileSize)
      }
      let error = #expect(throws: GPUCodeError.self, sourceLocation: sourceLocation) {
        try GPULibrary.read(path, as: "lib.so")
      }
      #expect(error?.code == .damaged, sourceLocation: sourceLocation)
    }
  }

  @Test func everyTruncationIsDamaged() async throws {
    let bytes = sound.encoded()
    try await withTemporaryFolder { folder in
      for length in stride(from: 6, to: bytes.count, by: 7) {
        let library = try read(Array(bytes[..<length]), folder.appending("lib.so"))
        #expect(library == nil, "of \(length) bytes")
      }
    }
  }

  @Test func aFlippedByteNeverCrashes() async throws {
    let bytes = sound.encoded()
    var random = Seeded(state: 20_261_123)
    try await withTemporaryFolder { folder in
      for _ in 0..<3000 {
        var mutant = bytes
        for _ in 0...Int.random(in: 0...2, using: &random) {
          // The magic stays; what follows it decides.
          let place = Int.random(in: 6..<bytes.count, using: &random)
          mutant[place] =
            [0, 0xFF, 0x7F, 0x80, UInt8.random(in: 0...255, using: &random)]
            .randomElement(using: &random) ?? 0
        }
        _ = try read(mutant, folder.appending("lib.so"))
      }
    }
  }

  @Test func sectionsStayInTheFile() async throws {
    for place: (UInt64, UInt64) in [
      (1 << 40, 16), (64, 1 << 40), (.max - 7, 16), (64, .max), (.max, .max),
    ] {
      try await expectDamaged([.init(name: ".nv_fatbin", content: [], claimed: place)])
    }
  }

  @Test func recordsStayInTheirSection() async throws {
    for size: UInt64 in [1, 1 << 40, .max, .max - 15] {
      var record = MadeEntry.record([])
      record.replaceSubrange(8..<16, with: MadeLibrary.bytes(size))
      try await expectDamaged([.init(name: ".nv_fatbin", content: record)])
    }
  }

  @Test(arguments: [0, 1, 63, 1 << 20, .max] as [UInt32])
  func entryHeadersHaveASensibleSize(_ size: UInt32) async throws {
    var record = MadeEntry.record([.cubin(75)])
    record.replaceSubrange(20..<24, with: MadeLibrary.bytes(size))
    try await expectDamaged([.init(name: ".nv_fatbin", content: record)])
  }

  @Test(arguments: [1 << 20, .max, .max - 63] as [UInt64])
  func payloadsStayInTheirRecord(_ size: UInt64) async throws {
    var record = MadeEntry.record([.cubin(75)])
    record.replaceSubrange(24..<32, with: MadeLibrary.bytes(size))
    try await expectDamaged([.init(name: ".nv_fatbin", content: record)])
  }

  @Test func whatIsNoRecordIsDamage() async throws {
    try await expectDamaged([
      .init(
        name: ".nv_fatbin",
        content: MadeEntry.record([.cubin(75)]) + [UInt8](repeating: 3, count: 64))
    ])
  }

  /// A terabyte of nothing, which takes no room on the disk.
  @Test(.timeLimit(.minutes(10))) func emptinessIsNotReadToItsEnd() async throws {
    let size: UInt64 = 1 << 40
    try await expectDamaged(
      [.init(name: ".nv_fatbin", content: [], claimed: (1 << 20, size))],
      fileSize: Int64(size) + (1 << 20))
    try await withTemporaryFolder { folder in
      let made = MadeLibrary(sections: [
        .init(name: ".ldata", content: [], claimed: (1 << 20, size))
      ])
      let path = try made.write(to: folder.appending("lib.so"))
      let file = try FileDescriptor.open(path, .writeOnly)
      defer { try? file.close() }
      try file.resize(to: Int64(size) + (1 << 20))
      #expect(try GPULibrary.read(path, as: "lib.so")?.code.isEmpty == true)
    }
  }

  @Test(.timeLimit(.minutes(10))) func endlessEntriesEnd() async throws {
    var entry = MadeEntry.ptx(75)
    (entry.headerSize, entry.payload) = (64, 0)
    var content = entry.encoded
    while content.count <= 64 << 18 { content += content }
    let record =
      MadeEntry.record([]).prefix(8) + MadeLibrary.bytes(UInt64(content.count)) + content
    try await expectDamaged([.init(name: ".nv_fatbin", content: Array(record))])
  }

  @Test func tablesHaveASensibleSize() async throws {
    try await withTemporaryFolder { folder in
      for (place, value) in [(58, 63), (58, 0), (60, 0xFFFF), (62, 200)] {
        var bytes = sound.encoded()
        bytes.replaceSubrange(place..<place + 2, with: MadeLibrary.bytes(UInt16(value)))
        let library = try read(bytes, folder.appending("lib.so"))
        #expect(library == nil, "\(value) at \(place)")
      }
    }
  }
}

/// The same numbers in every run (SplitMix64).
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

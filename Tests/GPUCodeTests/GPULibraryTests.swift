import FileSystem
import GPUCode
import SystemPackage
import TestSupport
import Testing

@Suite struct GPULibraryTests {
  private func read(_ library: MadeLibrary) async throws -> GPULibrary? {
    try await withTemporaryFolder { folder in
      try GPULibrary.read(try library.write(to: folder.appending("made.so")), as: "usr/made.so")
    }
  }

  private func code(_ records: [MadeEntry]...) async throws -> String? {
    try await read(MadeLibrary(sections: [MadeEntry.section(records)]))?.code.description
  }

  @Test func recordsOfOneSectionAddUp() async throws {
    let made = MadeLibrary.named(
      "libmade.so.1", [MadeEntry.section([[.cubin(75), .ptx(75)], [.cubin(86)], [.cubin(75)]])])
    let library = try #require(try await read(made))
    #expect(library.code.description == "sm_75 sm_86 + PTX compute_75")
    #expect(library.soname == "libmade.so.1")
    #expect(library.path == "usr/made.so")
    #expect(library.size == Int64(made.encoded().count))
  }

  /// The flags as `fatbinary` of CUDA 13.5 writes them for `sm=90a`, `sm=100f` and their PTX.
  @Test func flagsTellWhomCodeIsFor() async throws {
    #expect(
      try await code([
        .cubin(90, flags: 0x11), .cubin(90, flags: 0x10_0011), .cubin(100, flags: 0x120_0011),
        .cubin(103, flags: 0x100_0011), .ptx(120, flags: 0x10_8011),
      ]) == "sm_90 sm_90a sm_100f sm_103 + PTX compute_120a")
  }

  @Test func headersOfAnyLengthArePassed() async throws {
    var long = MadeEntry.cubin(100)
    long.headerSize = 120
    var code = MadeEntry(kind: 8, architecture: 50)
    code.headerSize = 128
    #expect(try await self.code([long, code, .cubin(120)]) == "sm_100 sm_120")
  }

  /// What `nvcc -dlink` leaves in libcufftw is a module for the default architecture.
  @Test func anEmptyModuleIsNoCode() async throws {
    var empty = MadeEntry.cubin(52)
    empty.payload = 872
    var packed = MadeEntry.cubin(52, flags: 0x2011)
    (packed.payload, packed.wholeSize) = (320, 872)
    var small = MadeEntry.cubin(86, flags: 0x8011)
    (small.payload, small.wholeSize) = (900, 2856)
    #expect(try await code([empty], [packed]) == "")
    #expect(try await code([empty, small]) == "sm_86")
  }

  @Test func otherSectionsHaveCodeToo() async throws {
    let gap = [UInt8](repeating: 7, count: 200_000)
    let hidden = MadeEntry.record([.cubin(100, flags: 0x120_0011)])
    // Chance: the magic, and nonsense behind it.
    let chance = MadeLibrary.bytes(UInt32(0xBA55_ED50)) + [UInt8](repeating: 9, count: 60)
    let made = MadeLibrary(sections: [
      MadeEntry.section([[.cubin(75)]]),
      .init(name: "__nv_relfatbin", content: MadeEntry.record([.cubin(80)])),
      .init(
        name: ".cask_resource", content: gap + hidden + chance + MadeEntry.record([.cubin(86)])),
      .init(name: ".ldata", content: [1, 2, 3, 4, 5, 6, 7, 8] + MadeEntry.record([.ptx(70)])),
      .init(name: ".rodata", content: MadeEntry.record([.cubin(61)])),
    ])
    #expect(
      try await read(made)?.code.description == "sm_75 sm_80 sm_86 sm_100f + PTX compute_70")
  }

  @Test func paddingBetweenRecordsIsPassed() async throws {
    let zeros = [UInt8](repeating: 0, count: 4096)
    let made = MadeLibrary(sections: [
      .init(
        name: ".nv_fatbin",
        content: zeros + MadeEntry.record([.cubin(75)]) + zeros + MadeEntry.record([.cubin(86)])
          + [0, 0, 0])
    ])
    #expect(try await read(made)?.code.description == "sm_75 sm_86")
  }

  @Test func whatHasNoCodeIsAnEmptyLibrary() async throws {
    let library = try #require(try await read(MadeLibrary.named("libcudart.so.12")))
    #expect(library.code.isEmpty)
    #expect(library.soname == "libcudart.so.12")
    #expect(try await read(MadeLibrary(sections: []))?.soname == nil)
  }

  @Test(arguments: ["INPUT(libc.so.6)\n", "", "\u{7F}ELF\u{1}\u{1}"])
  func whatIsNo64BitELFFileIsNone(_ content: String) async throws {
    try await withTemporaryFolder { folder in
      try Files.write(content, to: folder.appending("lib.so"))
      #expect(try GPULibrary.read(folder.appending("lib.so"), as: "lib.so") == nil)
    }
  }

  @Test func librariesOfThisMachineAreRead() throws {
    let python = try GPULibrary.read("/proc/self/exe", as: "test")
    #expect(python?.code.isEmpty == true)
  }

  @Test func anAbsentFileIsAnError() {
    #expect(throws: GPUCodeError.self) { try GPULibrary.read("/nonexistent/lib.so", as: "lib.so") }
  }

  @Test func programsAndLibrariesAreCandidates() {
    let isCandidate = { GPULibrary.isCandidate(path: $0, size: $1, permissions: $2) }
    #expect(isCandidate("usr/lib/libcublas.so.12", 1 << 20, 0o644))
    #expect(isCandidate("opt/ml/_C.cpython-313-x86_64-linux-gnu.so", 4096, 0o644))
    #expect(isCandidate("usr/bin/deviceQuery", 4096, 0o755))
    #expect(!isCandidate("usr/share/doc/readme", 1 << 20, 0o644))
    #expect(!isCandidate("usr/lib.so.d/readme", 1 << 20, 0o644))
    #expect(!isCandidate("usr/lib/libc.so", 255, 0o644))
  }
}

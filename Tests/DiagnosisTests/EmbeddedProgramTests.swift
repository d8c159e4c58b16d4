import CPlatform
import Needs
import Platform
import Testing

/// The programs that `make smoke-test` built for images: small, and at home on every distribution.
@Suite struct EmbeddedProgramTests {
  /// docs/smoke-test-size.md says where they are.
  static let most = 300_000

  private static let folder =
    #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/.build/smoke-test/"

  static let architectures = ["amd64", "arm64"]

  private static func program(_ architecture: String) throws -> String {
    let path = folder + "gpu-smoke-test-" + architecture
    try Needs.require(
      "make smoke-test ARCHITECTURES=\(architecture)", FakeRoot.real.mayExecute(path))
    return path
  }

  @Test(arguments: architectures) func itIsSmall(_ architecture: String) throws {
    let size = try FakeRoot.real.status(Self.program(architecture))?.size ?? .max
    #expect(size <= Self.most)
  }

  @Test(.needs(program: "readelf"), arguments: architectures)
  func itNeedsTheOldestCLibraryAlone(_ architecture: String) throws {
    let said = try Process.run(
      "/usr/bin/readelf", ["--wide", "--dynamic", "--version-info", Self.program(architecture)])
    #expect(said.status == 0)
    let needed = said.output.matches(of: /\(NEEDED\).*\[(.*)\]/).map { String($0.1) }
    #expect(Set(needed) == ["libc.so.6", "libdl.so.2", "libm.so.6"])
    let versions = said.output.matches(of: /Name: GLIBC_2\.([0-9]+)/).compactMap { Int($0.1) }
    #expect(!versions.isEmpty && versions.allSatisfy { $0 <= 28 }, "\(said.output)")
    #expect(said.output.matches(of: /Name: GLIBC_(?!2\.)/).isEmpty)
  }

  /// On the C library that it was linked against, as an image of that architecture would have it.
  @Test(.needs(program: "qemu-aarch64-static"))
  func arm64ChecksItselfUnderEmulation() throws {
    let program = try Self.program("arm64")
    let said = try Process.run(
      "/usr/bin/qemu-aarch64-static",
      ["-L", Self.folder + "sysroot-arm64", program, "--self-check"])
    #expect(said.status == 0, "\(said.output)\(said.errors)")
    #expect(said.output.contains("training: passed: "))
  }
}

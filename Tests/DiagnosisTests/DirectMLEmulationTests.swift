import Needs
import Platform
import Testing

/// The program on a Direct3D 12 that is another than Windows': vkd3d, which computes by lavapipe.
enum Vkd3d {
  static let folder =
    FakeRoot.double.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/vkd3d"
  static let isThere = FakeRoot.real.status(folder + "/inputs") != nil
  static let microsoft = folder + "/../microsoft/libdirectml.so"

  /// - Parameter directML: what stands in the image as `libdirectml.so`.
  static func run(
    _ program: String, _ directML: String, _ arguments: String...
  ) throws -> Process {
    let root = try FakeRoot.directML()
    for (path, source) in [
      ("/usr/lib/wsl/lib/libdxcore.so", folder + "/libdxcore.so"),
      ("/usr/lib/wsl/lib/libd3d12.so", folder + "/libd3d12.so"),
      ("/opt/directml/lib/libdirectml.so", directML),
    ] {
      try root.remove(path)
      try root.copy(source, to: path)
    }
    try root.configureLoader()
    return try Process.run(program, ["--root", root.path] + arguments)
  }
}

@Suite(
  .serialized,
  .needs("make test-directml TIER=1", if: Vkd3d.isThere))
struct Tier1ProgramTests {
  /// The double's operators take no buffers but its own, so that the test ends where they begin.
  @Test(arguments: ProgramTests.programs)
  func theDirect3DHalfWorksOnVkd3d(_ program: String) throws {
    let result = try Vkd3d.run(program, FakeRoot.double)
    #expect(result.status == 1)
    #expect(result.output.contains("version: passed: direct3d level 1"), "\(result.output)")
    #expect(result.output.contains("device: warned: G3033: "), "\(result.output)")
    #expect(result.output.contains("memory: passed: tested 16.8 MB"), "\(result.output)")
    #expect(result.output.contains("kernels: failed: G1051: "), "\(result.output)")
  }
}

@Suite(
  .serialized,
  .needs(
    "make test-directml TIER=3",
    if: Vkd3d.isThere && FakeRoot.real.status(Vkd3d.microsoft) != nil))
struct Tier3ProgramTests {
  @Test(arguments: ProgramTests.programs)
  func microsoftsDirectMLIsDrivenUntilVkd3dCannotFollow(_ program: String) throws {
    let result = try Vkd3d.run(program, Vkd3d.microsoft, "--json")
    #expect(result.status == 1)
    let digest = try #require(Digest.ofFile(Vkd3d.microsoft))
    for part in [
      "\"directml-sha256\": \"\(digest)\"", "\"directml-level\": \"6.2\"",
      "{\"stage\": \"memory\", \"state\": \"passed\"",
      "\"seen\": \"IDMLDevice::CompileOperator(GEMM TANH): ",
    ] {
      #expect(result.output.contains(part), "\(part) is not in \(result.output)")
    }
  }

  /// What the library needs is the C library's alone, and Windows'.
  @Test(arguments: ProgramTests.programs)
  func theSelfCheckTakesItWhereItsNeedsAre(_ program: String) throws {
    let image = FakeRoot()
    try image.write("/etc/wsl-distribution.conf", "[oobe]\n")
    try image.write("/etc/gpu-smoke-test.conf", "backend=directml\n")
    try image.write("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n")
    try image.write("/etc/ld.so.conf.d/libc.conf", "/usr/local/lib\n")
    try image.copy(Vkd3d.microsoft, to: "/opt/directml/lib/libdirectml.so")
    func check() throws -> Process {
      try Process.run(program, ["--root", image.path, "--self-check"])
    }
    let libraries = ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0"]
    for name in libraries {
      #expect(try check().output.contains("libraries: failed: G1125: "))
      try image.copy(FakeRoot.folder + "/" + name, to: FakeRoot.folder + "/" + name)
    }
    let right = try check()
    #expect(right.status == 0, "\(right.output)")
    #expect(right.output.contains("libraries: passed: directml /opt/directml/lib/libdirectml.so"))
  }
}

import CPlatform
import Needs
import Platform
import Testing

/// The program with the double of DirectML behind fake roots, as ordinary Swift and as in the images.
@Suite(
  .needs("make test-directml TIER=2", if: FakeRoot.real.status(FakeRoot.double) != nil))
struct Tier2ProgramTests {
  static let programs = ProgramTests.programs

  private func run(
    _ program: String, _ fault: String, _ arguments: String...
  ) throws -> Process {
    let root = try FakeRoot.directML()
    return try Process.run(
      program, ["--root", root.path] + arguments,
      environment: ["PATH": "/usr/bin:/bin", "KILN_DIRECTML_DOUBLE_FAULT": fault])
  }

  @Test(arguments: programs)
  func aDoubleThatIsRightIsEmulatedAndNeverPasses(_ program: String) throws {
    let result = try run(program, "")
    #expect(result.status == 4, "\(result.output)\(result.errors)")
    #expect(result.output.contains("platform: passed: "))
    #expect(result.output.contains("backend directml, since there is no NVIDIA driver"))
    #expect(result.output.contains("device: warned: G3033: "), "\(result.output)")
    #expect(result.output.contains("training: passed: "))
    #expect(
      result.output.contains("acceleration: skipped: an emulated device proves no acceleration"))
    #expect(
      result.output.contains(
        "\nEMULATED: all is right on a device that only acts as a GPU: G3033: "))
    #expect(result.errors == "")
  }

  @Test(
    arguments: programs.suffix(1),
    [
      ("stub", "driver: passed", "version: failed: G3005: "),
      ("no-interface", "driver: passed", "version: failed: G3009: "),
      ("no-adapter", "driver: passed", "version: failed: G3006: "),
      ("old-directml", "driver: passed", "version: failed: G3008: "),
      ("removed", "device: warned", "memory: failed: G3010: "),
      ("hung", "device: warned", "memory: failed: G3011: "),
      ("memory", "device: warned", "memory: failed: G3020: "),
      ("numbers", "memory: passed", "kernels: failed: G3021: "),
      ("crash", "driver: passed", "version: failed: G1051: "),
    ])
  func everyFaultHasItsVerdict(_ program: String, _ fault: (String, String, String)) throws {
    let result = try run(program, fault.0, "--backend", "directml")
    #expect(result.status == 1)
    #expect(result.output.contains(fault.1), "\(result.output)")
    #expect(result.output.contains(fault.2), "\(result.output)")
    #expect(result.output.split(separator: "\n").last?.hasPrefix("FAILED: G") == true)
  }

  /// The program knows better what hangs than whoever stops it, so it has to be the first to tell.
  @Test(arguments: programs)
  func aHangIsToldBeforeTheTimeIsOver(_ program: String) throws {
    let result = try run(program, "hang", "--backend", "directml", "--timeout", "10")
    #expect(result.status == 1)
    #expect(
      result.output.contains(
        "memory: failed: G3015: the GPU did not finish its work within 5 s"), "\(result.output)")
  }

  @Test(arguments: programs)
  func windowsOwnRendererIsEmulated(_ program: String) throws {
    let result = try run(program, "", "--adapter", "basic")
    #expect(result.status == 4, "\(result.output)")
    #expect(
      result.output.contains("device: warned: G3031: Microsoft Basic Render Driver (1414:008c)"))
    let unknown = try run(program, "", "--adapter", "radeon")
    #expect(unknown.status == 1)
    #expect(
      unknown.output.contains(
        "version: failed: G3007: there is no adapter radeon; there are: 0 kiln test double"),
      "\(unknown.output)")
  }

  @Test(arguments: programs)
  func theReportHasAllThatWasSeen(_ program: String) throws {
    let result = try run(program, "", "--json")
    #expect(result.status == 4)
    for part in [
      #""backend": "directml""#, #""verdict": "emulated""#, #""pci-id": "1af4:1050""#,
      #""driver": "31.0.15.5222""#, #""luid": "00000001:00001234""#, #""directml-level": "5.0""#,
      #""direct3d-level": "12.1""#, #""hardware": "yes""#, #""emulated": "#,
    ] {
      #expect(result.output.contains(part), "\(part) is not in \(result.output)")
    }
    let digest = try #require(Digest.ofFile(FakeRoot.double))
    #expect(result.output.contains(#""directml-sha256": "\#(digest)""#))
    if Witness.isThere {
      let answer = try Witness.ask(
        """
        import json, sys, jsonschema
        schema, report = (json.load(open(path)) for path in sys.argv[1:3])
        jsonschema.validate(report, schema)
        device = [stage for stage in report["stages"] if stage["stage"] == "device"][0]
        device["facts"]["pci-id"] = "NVIDIA"
        try:
            jsonschema.validate(report, schema)
        except jsonschema.ValidationError:
            print("right")
        """, result.output)
      #expect(answer.output == "right\n", "\(answer.errors)")
    }
  }
}

/// WSL's folders on the real paths, with the double, in a mount namespace.
private enum MadeUpWSL {
  static let isPossible =
    FakeRoot.real.status(FakeRoot.double) != nil && (try? run("", "exit 7"))?.status == 7

  private static let preparation = """
    work=$(mktemp -d); mount -t tmpfs none "$work"; mkdir "$work/upper" "$work/work" "$work/dev"
    mount -t overlay -o "lowerdir=/usr/lib,upperdir=$work/upper,workdir=$work/work" none /usr/lib
    mkdir -p /usr/lib/wsl/lib /usr/lib/wsl/drivers/one
    for name in libdxcore.so libd3d12.so; do cp "$1/libdxcore.so" /usr/lib/wsl/lib/$name; done
    mkdir "$work/stubs"; cp "$1/libempty.so" "$work/stubs/libd3d12.so"
    mknod "$work/dev/dxg" c 1 3; mount --rbind "$work/dev" /dev
    export WSL_DISTRO_NAME=kiln
    """

  static func run(_ program: String, _ command: String) throws -> Process {
    let folder = FakeRoot.double.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    return try Process.run(
      "/usr/bin/unshare",
      ["--mount", "/bin/sh", "-ec", preparation + "\n" + command, program, folder],
      environment: [
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "KILN_DIRECTML_DOUBLE_FAULT": "software",
      ])
  }
}

/// Where the loader would take a stub, or find nothing at all.
@Suite(
  .needs(
    "root that may mount overlays, and make test-directml TIER=2", if: MadeUpWSL.isPossible))
struct Tier2RelaunchTests {
  /// `libneedy.so` asks the loader for `libd3d12.so` by name, as DirectML does, and has its functions from
  /// there.
  @Test(arguments: ProgramTests.programs)
  func theHostsLibrariesAreFoundWithoutTheLoadersCache(_ program: String) throws {
    let result = try MadeUpWSL.run(
      program, "exec \"$0\" --backend directml --directml \"$1/libneedy.so\"")
    #expect(result.status == 4, "\(result.output)\(result.errors)")
    #expect(result.output.contains("libraries: warned: G103"), "\(result.output)")
    #expect(result.output.contains("device: warned: G3031: "), "\(result.output)")
  }

  @Test(arguments: ProgramTests.programs)
  func aStubInTheLoadersPathIsNotLetIn(_ program: String) throws {
    let result = try MadeUpWSL.run(
      program,
      "LD_LIBRARY_PATH=$work/stubs exec \"$0\" --backend directml --directml \"$1/libdirectml.so\"")
    #expect(result.status == 4, "\(result.output)\(result.errors)")
    #expect(result.output.contains("libraries: warned: G1123: "), "\(result.output)")
    #expect(
      result.output.contains("d3d12 library /usr/lib/wsl/lib/libd3d12.so"), "\(result.output)")
    #expect(result.output.contains("device: warned: G3031: "), "\(result.output)")
    #expect(result.output.contains("\nEMULATED: "))
  }
}

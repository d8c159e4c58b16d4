import CPlatform
import Needs
import Platform
import Testing

/// The program as people run it, with the driver double behind fake roots: as ordinary Swift beside
/// these tests, and as `make smoke-test` built it for images, where it did.
@Suite struct ProgramTests {
  static let programs: [String] = {
    let package = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    #if arch(x86_64)
      let embedded = package + "/.build/smoke-test/gpu-smoke-test-amd64"
    #else
      let embedded = package + "/.build/smoke-test/gpu-smoke-test-arm64"
    #endif
    let ordinary = (try? Process.built("gpu-smoke-test")) ?? "gpu-smoke-test"
    return [ordinary] + [embedded].filter { FakeRoot.real.mayExecute($0) }
  }()

  /// The program on WSL with a GPU whose driver has faults.
  private func run(
    _ program: String, _ faults: [String: String], _ arguments: String...
  ) throws -> Process {
    let root = try FakeRoot.wsl()
    let environment = faults.reduce(into: ["PATH": "/usr/bin:/bin"] as Variables) {
      $0["KILN_DOUBLE_" + $1.key] = $1.value
    }
    return try Process.run(program, ["--root", root.path] + arguments, environment: environment)
  }

  @Test(
    arguments: programs,
    [
      ("2", "G2002"), ("3", "G2003"), ("34", "G2034"), ("35", "G2035"), ("100", "G2100"),
      ("101", "G2101"), ("304", "G2304"), ("802", "G2802"), ("803", "G2803"), ("804", "G2804"),
      ("209", "G2209"), ("222", "G2222"), ("999", "G2999"), ("12345", "G2000"),
    ])
  func everyErrorOfTheDriversStartIsToldApart(_ program: String, _ fault: (String, String)) throws {
    let result = try run(program, ["INIT": fault.0])
    #expect(result.status == 1)
    #expect(result.output.contains("driver: failed: \(fault.1): cuInit"), "\(result.output)")
    #expect(result.output.split(separator: "\n").last?.hasPrefix("FAILED: \(fault.1): ") == true)
    #expect(result.errors == "")
  }

  @Test(arguments: programs)
  func crashesAndHangsOfTheDriverAreVerdicts(_ program: String) throws {
    let crash = try run(program, ["CRASH": "cuInit"])
    #expect(crash.status == 1)
    #expect(crash.output.contains("driver: failed: G1051: "), "\(crash.output)")
    let late = try run(program, ["CRASH": "cuMemAlloc_v2"])
    #expect(late.status == 1)
    #expect(late.output.contains(": failed: G1051: "), "\(late.output)")
    let hang = try run(program, ["HANG": "cuInit"], "--timeout", "0.5")
    #expect(hang.status == 1)
    #expect(hang.output.contains("driver: failed: G1052: "), "\(hang.output)")
    #expect(hang.seconds < 300)
  }

  @Test(arguments: programs)
  func memoryThatDoesNotKeepAndMemoryThatIsNotThereFail(_ program: String) throws {
    let wrong = try run(program, ["WRONG": "memory"])
    #expect(wrong.status == 1)
    #expect(wrong.output.contains("memory: failed: G2954: "), "\(wrong.output)")
    let full = try run(program, ["OUT_OF_MEMORY": "4096"])
    #expect(full.status == 1)
    #expect(full.output.contains("failed: G2002: "), "\(full.output)")
  }

  /// Not as ordinary Swift: a debug build takes minutes for the arithmetic of the checks.
  @Test(arguments: programs.dropFirst())
  func aDoubleThatIsRightIsEmulatedAndOneThatIsWrongFails(_ program: String) throws {
    let right = try run(program, [:])
    #expect(right.status == 4, "\(right.output)")
    #expect(right.output.contains("training: passed: "))
    #expect(right.output.contains("\nEMULATED: "))
    let wrong = try run(program, ["WRONG": "update"])
    #expect(wrong.status == 1, "\(wrong.output)")
    #expect(wrong.output.contains("kernels: failed: G2955: "))
  }

  @Test(arguments: programs)
  func noGPUIsSkippedAndWrongUseIsNeither(_ program: String) throws {
    let root = FakeRoot()
    let skipped = try Process.run(program, ["--root", root.path])
    #expect(skipped.status == 3)
    #expect(skipped.output.contains("\nSKIPPED: "))
    let processor = try Process.run(program, ["--root", root.path, "--backend", "cpu"])
    #expect(processor.status == 3)
    #expect(processor.output.contains("training: passed: held out accuracy 9"))
    for arguments in [["--jsn"], ["--backend", "rocm"], ["--framework", "jax"]] {
      let wrong = try Process.run(program, ["--root", root.path] + arguments)
      #expect(wrong.status == 2)
      #expect(wrong.output == "")
      #expect(wrong.errors.hasPrefix("gpu-smoke-test: "))
    }
    #expect(try Process.run(program, ["--help"]).output.contains("--self-check"))
    #expect(try Process.run(program, ["--version"]).output.hasPrefix("gpu-smoke-test "))
  }

  /// Frameworks number DirectML's adapters in another order than DXCore.
  @Test(arguments: programs)
  func aFrameworkIsNotToldOfDirectMLsAdapters(_ program: String) throws {
    let root = try FakeRoot.directML()
    for arguments in [["--adapter", "1"], ["--adapter", "radeon"], ["--device", "1"]] {
      let wrong = try Process.run(
        program, ["--root", root.path, "--framework", "pytorch"] + arguments)
      #expect(wrong.status == 2, "\(wrong.output)")
      #expect(wrong.errors.contains("--framework takes DirectML's first adapter"))
    }
  }

  @Test(arguments: programs)
  func theReportIsAFileToo(_ program: String) throws {
    let root = FakeRoot()
    let file = root.path + "/report.xml"
    let result = try Process.run(program, ["--root", root.path, "--junit", file])
    #expect(result.status == 3)
    #expect(
      root.machine.text("/report.xml")?.contains("<testsuite name=\"gpu-smoke-test\"") == true)
    #expect(try root.machine.list("/") == ["report.xml"])
    let nowhere = try Process.run(program, ["--root", root.path, "--junit", "/no/such/report.xml"])
    #expect(nowhere.status == 2)
    #expect(nowhere.errors.contains("/no/such/report.xml cannot be written: No such file"))
  }

  /// Else a CI job that reads nothing would take it for success.
  @Test(arguments: programs)
  func aReportThatCannotBeWrittenIsNoSuccess(_ program: String) throws {
    let root = FakeRoot()
    let file = root.path + "/report.xml"
    let run = { (arguments: String) in
      try Process.run(
        "/bin/sh",
        ["-c", "exec \"$0\" --root \"$1\" \(arguments) > /dev/full", program, root.path])
    }
    for arguments in ["", "--json", "--self-check", "--junit '\(file)'"] {
      let result = try run(arguments)
      #expect(result.status == 2, "\(arguments)")
      #expect(result.errors.contains("standard output cannot be written: No space left"))
    }
    #expect(root.machine.text("/report.xml")?.contains("<testsuite ") == true)
    for arguments in ["--help", "--version"] { #expect(try run(arguments).status == 2) }
    let full = try Process.run(program, ["--root", root.path, "--junit", "/dev/full"])
    #expect(full.status == 2 && full.errors.contains("/dev/full cannot be written: No space left"))
    #expect(full.output.contains("\nSKIPPED: "))
  }

  @Test(arguments: programs)
  func theSelfCheckTellsARightImageFromAWrongOne(_ program: String) throws {
    let image = FakeRoot()
    try image.write("/etc/wsl-distribution.conf", "[oobe]\n")
    try image.write("/etc/gpu-smoke-test.conf", "backend=cuda\nlevel=quick\n")
    try image.write("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n")
    func check() throws -> Process {
      try Process.run(program, ["--root", image.path, "--self-check"])
    }
    #expect(try check().output.contains("G1037"))
    try image.write("/etc/ld.so.conf.d/libc.conf", "/usr/local/lib\n")
    #expect(try check().output.contains("G1102"))
    try image.link(FakeRoot.folder + "/libcuda.so", to: "/usr/lib/wsl/lib/libcuda.so.1")
    let right = try check()
    #expect(right.status == 0, "\(right.output)")
    #expect(right.output.contains("\nRIGHT: "))
    try image.driver(FakeRoot.folder)
    let shadowed = try check()
    #expect(shadowed.status == 1)
    #expect(shadowed.output.contains("libraries: failed: G1101: "))
    try image.remove(FakeRoot.folder + "/libcuda.so.1")
    try image.write("/etc/gpu-smoke-test.conf", "python=/opt/ml/bin/python3\n")
    #expect(try check().output.contains("framework: failed: G1103: "))
    try image.write("/etc/gpu-smoke-test.conf", "bakend=cuda\n")
    #expect(try check().status == 2)
  }
}

/// Where much is missing. Namespaces and other users take root.
@Suite(.needs("root", if: geteuid() == 0)) struct PoorSurroundingsTests {
  /// The program by way of a shell in a mount namespace of its own, after `preparation`.
  private func run(_ program: String, _ preparation: String, _ command: String) throws -> Process {
    let root = try FakeRoot.wsl()
    return try Process.run(
      "/usr/bin/unshare",
      ["--mount", "/bin/sh", "-ec", preparation + "; " + command, program, root.path],
      environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "KILN_DOUBLE_INIT": "100"])
  }

  private static let commands = [
    "exec \"$0\" --root \"$1\"", "exec env -i \"KILN_DOUBLE_INIT=100\" \"$0\" --root \"$1\"",
  ]

  @Test(arguments: ProgramTests.programs, commands)
  func noProcNoHomeNoWritableDiskChangeNothing(_ program: String, _ command: String) throws {
    for preparation in [
      "umount -l /proc", "mount --rbind / / && mount -o remount,bind,ro /", "umask 777",
    ] {
      let result = try run(program, preparation, command)
      #expect(result.status == 1, "\(preparation): \(result.output)\(result.errors)")
      #expect(result.output.contains("driver: failed: G2100: "), "\(result.output)")
      #expect(result.errors == "")
    }
  }

  @Test(arguments: ProgramTests.programs)
  func theSelfCheckNeedsNothing(_ program: String) throws {
    let preparation = "umount -l /proc; mount --rbind / / && mount -o remount,bind,ro /"
    let result = try run(
      program, preparation,
      "exec setpriv --reuid 65534 --regid 65534 --clear-groups env -i \"$0\" --self-check")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }

  @Test(arguments: ProgramTests.programs)
  func anUnprivilegedUserIsToldOfTheDevice(_ program: String) throws {
    let user = "setpriv --reuid 65534 --regid 65534 --clear-groups"
    let result = try run(
      program, "chmod 755 \"$1\"; chmod 600 \"$1/dev/dxg\"", "exec \(user) \"$0\" --root \"$1\"")
    #expect(result.status == 1)
    #expect(result.output.contains("device-nodes: failed: G1015: "), "\(result.output)")
    let allowed = try run(
      program, "chmod 755 \"$1\"; chmod 666 \"$1/dev/dxg\"", "exec \(user) \"$0\" --root \"$1\"")
    #expect(allowed.output.contains("driver: failed: G2100: "), "\(allowed.output)")
  }
}

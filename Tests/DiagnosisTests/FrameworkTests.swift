import Accelerators
import CPlatform
import Platform
import Testing

@testable import Diagnosis

/// PyTorch's check with the real Python and packages made up for each failure.
@Suite(.enabled(if: Interpreter.path != nil)) struct FrameworkTests {
  /// The check with a package `torch` that has `fault`; without one there is no package.
  private func check(_ fault: String?, seconds: Double = 300) throws -> Outcome {
    let root = FakeRoot()
    if let fault { try root.write("/site/torch/__init__.py", FakeTorch.text(fault)) }
    let machine = Machine(environment: [
      "PYTHONPATH": root.path + "/site", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin",
    ])
    let limit = UInt64(seconds * 1e9)
    return FrameworkCheck(machine: machine, python: Interpreter.path, limit: limit).run()
  }

  @Test func aTrainingOnTheGPUPasses() throws {
    let outcome = try check("none")
    #expect(outcome.state == .passed)
    #expect(outcome.facts.contains(Fact("ran-on", .text("cuda"))))
    #expect(outcome.facts.contains(Fact("weight-error", .quantity(0, unit: ""))))
    #expect(outcome.facts.first == Fact("framework", .text("PyTorch")))
  }

  @Test(arguments: [
    ("cpu-only", "G1083", "2.9.0+cpu"), ("no-start", "G1084", "No CUDA GPUs are available"),
    ("no-driver", "G1084", "Found no NVIDIA driver"),
    ("no-code", "G1085", "no code for sm_120, only for sm_80 sm_90"),
    ("missing-library", "G1086", "libcudart.so.99"),
    ("short-library", "G1086", "libcublas.so.13: file too short"),
    ("crash-import", "G1087", "importing it: SIGSEGV"),
    ("crash", "G1087", "training: SIGABRT"), ("wrong", "G1089", "other numbers"),
    ("nan", "G1089", "other numbers"), ("other", "G1090", "ValueError: what nobody knows"),
    ("exit", "G1090", "SystemExit"), ("cpu-in-silence", "G1091", "trained on cpu"),
    ("old-driver", "G1092", "CUDA 12.8"), ("memory", "G1093", "out of memory"),
  ])
  func everyUsualFailureIsExplained(_ fault: String, _ code: String, _ words: String) throws {
    let outcome = try check(fault)
    let trouble = try #require(outcome.trouble)
    #expect(trouble.code == code, "\(trouble)")
    #expect(trouble.seen.contains(words), "\(trouble)")
    #expect(!outcome.allowsMore)
  }

  private static let realPython = unsafe String(
    optionalCString: getenv("KILN_PYTHON_WITH_TORCH"))

  /// A build of PyTorch for CUDA, where there is no driver: it imports, trains on the CPU, and says why
  /// it does not start.
  @Test(
    .enabled(
      if: !realPython.isEmpty, "set KILN_PYTHON_WITH_TORCH to an interpreter with PyTorch for CUDA")
  )
  func theRealPyTorchIsExplained() throws {
    let machine = Machine(environment: ["PATH": "/usr/bin:/bin"])
    let outcome = FrameworkCheck(
      machine: machine, python: Self.realPython, limit: 300_000_000_000
    ).run()
    #expect(outcome.trouble?.code == "G1084", "\(outcome)")
    #expect(outcome.trouble?.seen.contains("Found no NVIDIA driver") == true)
    #expect(outcome.facts.contains { $0.name == "version" })
  }

  @Test func aHangIsStopped() throws {
    let outcome = try check("hang", seconds: 0.5)
    #expect(outcome.trouble?.code == "G1088")
    #expect(outcome.nanoseconds < 500_000_000_000)
  }

  @Test func whatIsNotThereIsNamed() throws {
    #expect(try check(nil).trouble?.code == "G1082")
    let root = FakeRoot()
    root.environment = ["PATH": "/opt/bin"]
    let missing = FrameworkCheck(machine: root.machine, python: nil, limit: 1).run()
    #expect(missing.trouble?.code == "G1081")
    let named = FrameworkCheck(machine: root.machine, python: "/opt/ml/bin/python3", limit: 1).run()
    #expect(named.trouble?.seen == "there is no Python at /opt/ml/bin/python3")
  }
}

private enum Interpreter {
  static let path = ["/usr/bin/python3", "/usr/local/bin/python3"]
    .first { FakeRoot.real.mayExecute($0) }
}

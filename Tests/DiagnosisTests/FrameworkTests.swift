import Accelerators
import Needs
import Platform
import Testing

@testable import Diagnosis

/// PyTorch's check with the real Python and packages made up for each failure.
@Suite(.needs("python3", if: Interpreter.path != nil)) struct FrameworkTests {
  /// The check with a package `torch` that has `fault`; without one there is no package.
  private func check(
    _ fault: String?, _ backend: Backend = .cuda, device: Int = 0, seconds: Double = 30
  ) throws -> Outcome {
    let packages = fault.map {
      ["torch/__init__.py": FakeTorch.text($0), "torch_directml.py": FakeTorch.directML($0)]
    }
    return try Interpreter.check(
      .pytorch, backend, device: device, packages ?? [:], seconds: seconds)
  }

  @Test func aTrainingOnTheGPUPasses() throws {
    let outcome = try check("none")
    #expect(outcome.state == .passed)
    #expect(outcome.facts.contains(Fact("ran-on", .text("cuda:0"))))
    #expect(outcome.facts.contains(Fact("weight-error", .quantity(0, unit: ""))))
    #expect(outcome.facts.first == Fact("framework", .text("PyTorch")))
  }

  /// What trains on another GPU than the one that is tested proves nothing of it.
  @Test func theTrainingIsOnTheGPUThatIsTested() throws {
    let outcome = try check("none", device: 1)
    #expect(outcome.state == .passed)
    #expect(outcome.facts.contains(Fact("name", .text("Fake 1"))))
    #expect(outcome.facts.contains(Fact("ran-on", .text("cuda:1"))))
    let trouble = try check("first-in-silence", device: 1).trouble
    #expect(trouble?.code == "G1091" && trouble?.seen.contains("trained on cuda:0") == true)
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

  private static let realPython = Needs.variable("KILN_PYTHON_WITH_TORCH")

  /// A build of PyTorch for CUDA, where there is no driver: it imports, trains on the CPU, and says why
  /// it does not start.
  @Test(
    .needs(
      "KILN_PYTHON_WITH_TORCH, an interpreter with PyTorch for CUDA", if: !realPython.isEmpty))
  func theRealPyTorchIsExplained() throws {
    let machine = Machine(environment: ["PATH": "/usr/bin:/bin"])
    let outcome = FrameworkCheck(
      framework: .pytorch, backend: .cuda, machine: machine, python: Self.realPython,
      limit: 300_000_000_000
    ).run()
    #expect(outcome.trouble?.code == "G1084", "\(outcome)")
    #expect(outcome.trouble?.seen.contains("Found no NVIDIA driver") == true)
    #expect(outcome.facts.contains { $0.name == "version" })
  }

  @Test func aTrainingOnDirectMLPasses() throws {
    let outcome = try check("none", .directml)
    #expect(outcome.state == .passed)
    #expect(outcome.facts.contains(Fact("ran-on", .text("privateuseone"))))
    #expect(outcome.facts.contains(Fact("adapters", .count(1))))
    // It is built for CUDA, and needs none.
    #expect(try check("cpu-only", .directml).state == .passed)
  }

  @Test(arguments: [
    ("no-adapter", "G1094", "PyTorch's DirectML found no adapter"),
    ("no-d3d12", "G1086", "libd3d12.so: cannot open"),
    ("cpu-in-silence", "G1091", "trained on cpu"), ("crash", "G1087", "SIGABRT"),
  ])
  func whatFailsOnDirectMLIsExplained(_ fault: String, _ code: String, _ words: String) throws {
    let trouble = try #require(try check(fault, .directml).trouble)
    #expect(trouble.code == code && trouble.seen.contains(words), "\(trouble)")
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
    let check = { (python: String?) in
      FrameworkCheck(
        framework: .pytorch, backend: .cuda, machine: root.machine, python: python, limit: 1
      ).run()
    }
    let missing = check(nil)
    #expect(missing.trouble?.code == "G1081")
    let named = check("/opt/ml/bin/python3")
    #expect(named.trouble?.seen == "there is no Python at /opt/ml/bin/python3")
  }
}

/// The machine's own Python, with packages made up for it.
enum Interpreter {
  static let path = ["/usr/bin/python3", "/usr/local/bin/python3"]
    .first { FakeRoot.real.mayExecute($0) }

  /// - Parameter packages: path below the folder of packages → content.
  static func check(
    _ framework: Framework, _ backend: Backend, device: Int = 0, _ packages: [String: String],
    seconds: Double = 30
  ) throws -> Outcome {
    let root = FakeRoot()
    for (path, content) in packages { try root.write("/site/" + path, content) }
    let machine = Machine(environment: [
      "PYTHONPATH": root.path + "/site", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin",
    ])
    return FrameworkCheck(
      framework: framework, backend: backend, device: device, machine: machine, python: path,
      limit: UInt64(seconds * 1e9)
    ).run()
  }
}

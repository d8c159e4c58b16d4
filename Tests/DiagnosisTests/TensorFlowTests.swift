import Accelerators
import Needs
import Platform
import Testing

@testable import Diagnosis

/// TensorFlow's check with the real Python and packages made up for each failure.
@Suite(.needs("Python", if: Interpreter.path != nil)) struct TensorFlowTests {
  private func check(
    _ fault: String, _ backend: Backend = .directml, version: String = "2.10.0",
    python: String = "3.9.2", device: Int = 0, with versions: [String: String?] = [:],
    seconds: Double = 30
  ) throws -> Outcome {
    let packages = FakeTensorFlow.packages(fault, version: version, python: python, versions)
    return try Interpreter.check(
      .tensorflow, backend, device: device, packages, seconds: seconds)
  }

  private static let one: [String: String?] = [
    "tensorflow-directml": "1.15.8", "tensorflow-cpu": nil, "tensorflow-directml-plugin": nil,
  ]

  @Test func aTrainingOnTheGPUPasses() throws {
    let outcome = try check("none")
    #expect(outcome.state == .passed, "\(outcome)")
    #expect(outcome.facts.first == Fact("framework", .text("TensorFlow")))
    #expect(outcome.facts.contains(Fact("ran-on", .text("GPU"))))
    #expect(outcome.facts.contains(Fact("adapters", .count(1))))
    #expect(outcome.facts.contains(Fact("weight-error", .quantity(0, unit: ""))))
  }

  @Test func versionOneComputesAtOnceOnItsOwnKindOfDevice() throws {
    let outcome = try check("none", version: "1.15.8", python: "3.7.9", with: Self.one)
    #expect(outcome.state == .passed, "\(outcome)")
    #expect(outcome.facts.contains(Fact("ran-on", .text("DML"))))
  }

  @Test func aTrainingWithKeras3Passes() throws {
    let outcome = try check("keras-3", .cuda, version: "2.20.0", python: "3.12.1")
    #expect(outcome.state == .passed, "\(outcome)")
    #expect(outcome.facts.contains(Fact("ran-on", .text("GPU"))))
  }

  @Test func theTrainingIsOnTheGPUThatIsTested() throws {
    let outcome = try check("two", .cuda, device: 1)
    #expect(outcome.state == .passed, "\(outcome)")
    let other = try check("two", .cuda, device: 0).trouble
    #expect(other?.seen.contains("ValueError: device GPU:0") == true, "\(outcome)")
    #expect(try check("none", .cuda, device: 1).trouble?.code == "G1084")
  }

  @Test func cudaNeedsNoAdapterOfDirectML() throws {
    #expect(try check("quiet", .cuda).state == .passed)
    let trouble = try check("no-adapter", .cuda).trouble
    #expect(trouble?.code == "G1084" && trouble?.seen.contains("CUDA") == true)
  }

  @Test(arguments: [
    ("no-adapter", "G1094", "found no adapter"),
    ("no-library", "G1094", "dlerror: libd3d12.so: cannot open"),
    ("quiet", "G1094", "nothing of adapters"), ("abort", "G1087", "importing it: SIGABRT"),
    ("crash", "G1087", "training: SIGSEGV"), ("wrong", "G1089", "other numbers"),
    ("sum", "G1089", "other numbers"), ("other", "G1090", "ValueError: what nobody knows"),
    ("cpu-in-silence", "G1091", "trained on CPU"), ("sum-on-cpu", "G1091", "trained on CPU"),
    ("protobuf", "G1090", "Descriptors cannot be created"),
  ])
  func everyUsualFailureIsExplained(_ fault: String, _ code: String, _ words: String) throws {
    let trouble = try #require(try check(fault).trouble)
    #expect(trouble.code == code && trouble.seen.contains(words), "\(trouble)")
  }

  @Test func aHangIsStopped() throws {
    #expect(try check("hang", seconds: 0.5).trouble?.code == "G1088")
  }

  @Test func whatIsNotThereIsNamed() throws {
    let outcome = try Interpreter.check(.tensorflow, .cuda, [:])
    #expect(outcome.trouble?.code == "G1082")
    #expect(outcome.trouble?.seen.contains("TensorFlow is not installed in Python 3") == true)
  }

  /// What does not go together explains a failure, whatever it was.
  @Test(arguments: [
    ("numpy", "2.0.2", "NumPy 1; here is NumPy 2.0.2"),
    ("protobuf", "3.20.1", "protobuf 3.19; here is protobuf 3.20.1"),
    ("protobuf", "5.29.0", "protobuf 3.19; here is protobuf 5.29.0"),
    ("tensorflow", "2.10.0", "tensorflow-cpu 2.10; here is tensorflow 2.10.0"),
    ("tensorflow-cpu", "2.11.0", "tensorflow-cpu 2.10; here is tensorflow-cpu 2.11.0"),
    ("tensorflow-directml-plugin", nil, "tensorflow-directml-plugin; here is none"),
  ])
  func wrongVersionsAreTheReason(_ project: String, _ version: String?, _ words: String) throws {
    for fault in ["no-adapter", "abort", "quiet"] {
      let trouble = try check(fault, with: [project: version]).trouble
      #expect(trouble?.code == "G1095", "\(fault)")
      #expect(trouble?.seen == "TensorFlow with DirectML needs " + words)
    }
    if version != nil { #expect(try check("none", with: [project: version]).state == .passed) }
  }

  @Test func aPythonThatNoWheelIsForIsTheReason() throws {
    let new = try check("no-adapter", python: "3.11.2").trouble
    #expect(new?.seen == "TensorFlow with DirectML needs Python 3.7 to 3.10; here is Python 3.11.2")
    let old = try check("no-adapter", version: "1.15.8", python: "3.8.1", with: Self.one).trouble
    #expect(old?.seen.contains("Python 3.6 or 3.7; here is Python 3.8.1") == true)
    let right = try check("no-adapter", version: "1.15.8", python: "3.7.9", with: Self.one).trouble
    #expect(right?.code == "G1094")
  }
}

import Accelerators
import FoundationEssentials
import Needs
import Testing

@testable import Diagnosis

@Suite struct ReportTests {
  static let passed = Report(
    version: "1.0", backend: .cuda, level: .quick,
    outcomes: [
      Outcome(.platform, .passed, [Fact("system", .text("WSL 2"))], nanoseconds: 1_000),
      Outcome(
        .libraries,
        .warned(Trouble(code: "G1041", seen: "no libcuda.so", remedy: "Make a link, by hand.")),
        nanoseconds: 2_000),
      Outcome(.mounts, .skipped("only WSL mounts its driver")),
      Outcome(
        .device, .passed,
        [
          Fact("name", .text("NVIDIA <H100> & \"co\"\u{1B}[2J")), Fact("devices", .count(1)),
          Fact("memory", .quantity(8.5e10, unit: "B")), Fact("node", .text("a")),
          Fact("node", .text("b")),
        ], nanoseconds: 130_000_000),
      Outcome(
        .acceleration, .passed,
        [
          Fact("factor", .quantity(47.25, unit: "times the CPU")),
          Fact("bandwidth-of-theory", .quantity(.nan, unit: "%")),
        ]),
    ], verdict: .passed, nanoseconds: 312_000_000)

  static let failed = Report(
    version: "1.0", backend: .cuda, level: .full,
    outcomes: [
      Outcome(.platform, .passed),
      Outcome(
        .driver,
        .failed(
          Trouble(
            code: "G2100", seen: "cuInit: CUDA_ERROR_NO_DEVICE (100)",
            remedy: "Look whether Windows sees the GPU, then update its driver.")),
        nanoseconds: 5_000_000, device: 1), Outcome(.version, .notReached),
    ], verdict: .failed, nanoseconds: 6_000_000)

  static let skipped = Report(
    version: "1.0", backend: .cuda, level: .quick,
    outcomes: [Outcome(.deviceNodes, .absent(Trouble("G1013")))], verdict: .skipped,
    nanoseconds: 400_000)

  @Test func jsonIsExact() {
    #expect(
      Self.passed.json == """
        {
          "report": 1,
          "version": "1.0",
          "task": "test",
          "backend": "cuda",
          "level": "quick",
          "verdict": "passed",
          "exitStatus": 0,
          "seconds": 0.312000,
          "stages": [
            {"stage": "platform", "state": "passed", "seconds": 0.000001, "facts": {"system": "WSL 2"}},
            {"stage": "libraries", "state": "warned", "seconds": 0.000002, "trouble": {"code": "G1041", \
        "seen": "no libcuda.so", "remedy": "Make a link, by hand."}},
            {"stage": "mounts", "state": "skipped", "seconds": 0.000000, \
        "reason": "only WSL mounts its driver"},
            {"stage": "device", "state": "passed", "seconds": 0.130000, "facts": \
        {"name": "NVIDIA <H100> & \\"co\\"\\u001b[2J", "devices": 1, "memory": {"value": 8.5e+10, \
        "unit": "B"}, "node": "a", "node-2": "b"}},
            {"stage": "acceleration", "state": "passed", "seconds": 0.000000, "facts": {"factor": \
        {"value": 47.25, "unit": "times the CPU"}, "bandwidth-of-theory": {"value": null, "unit": "%"}}}
          ]
        }

        """)
  }

  @Test func aTableFitsItsTerminal() {
    let text = Self.failed.text(Report.Style(isColored: false, columns: 60))
    #expect(
      text == """
          platform      ok
        device 1
          driver        FAILED G2100: cuInit: CUDA_ERROR_NO_DEVICE
                               (100)
                               Look whether Windows sees the GPU,
                               then update its driver.

        FAILED: G2100: device 1: cuInit: CUDA_ERROR_NO_DEVICE (100),
        in 6 ms

        """)
    for columns in 40...120 {
      for report in [Self.passed, Self.failed, Self.skipped] {
        for line in report.text(Report.Style(isColored: false, columns: columns)).split(
          separator: "\n")
        {
          #expect(line.count <= columns, "\(line)")
        }
      }
    }
  }

  @Test func colourIsOnlyWhereItIsWanted() {
    let plain = Self.passed.text(.plain)
    #expect(!plain.utf8.contains(0x1B))
    let colored = Self.passed.text(Report.Style(isColored: true, columns: 80))
    #expect(colored.contains("\u{1B}[32mPASSED\u{1B}[0m: "))
    // The device's name must not command the terminal.
    #expect(!colored.contains("\u{1B}[2J"))
    #expect(colored.contains("47.2 times faster"))
  }

  @Test func plainLinesAreOneEach() {
    let lines = Self.failed.text(.plain).split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[1].hasPrefix("driver (device 1): failed: G2100: cuInit"))
    #expect(lines[2] == "version: not-reached")
  }

  /// The stage names it, and so have those who read no more than the end.
  @Test func theVerdictNamesTheDeviceThatFailed() {
    #expect(
      Self.failed.text(.plain).contains("\nFAILED: G2100: device 1: cuInit: CUDA_ERROR_NO_DEVICE"))
    #expect(Self.failed.junit.contains("message=\"G2100: device 1: cuInit: CUDA_ERROR_NO_DEVICE"))
    #expect(Self.failed.trouble?.remedy.hasPrefix("Look whether Windows") == true)
    #expect(Self.skipped.trouble?.seen.hasPrefix("device") == false)
  }

  @Test func theVerdictNeedsProof() {
    let passed = Outcome(.acceleration, .passed)
    let absent = Outcome(.deviceNodes, .absent(Trouble("G1013")))
    let failed = Outcome(.training, .failed(Trouble("G1064")))
    #expect(Verdict([], isEmulated: false) == .skipped)
    #expect(Verdict([Outcome(.training, .passed)], isEmulated: false) == .skipped)
    #expect(Verdict([passed], isEmulated: false) == .passed)
    #expect(Verdict([passed], isEmulated: true) == .emulated)
    #expect(Verdict([passed, failed], isEmulated: true) == .failed)
    #expect(Verdict([absent], isEmulated: false) == .skipped)
    #expect(Verdict([absent, failed], isEmulated: false) == .failed)
    #expect(Verdict.skipped.exitStatus == 3)
  }
}

/// The reports as others read them: Python's `jsonschema` and XML parser.
@Suite(.needs("Python's jsonschema", if: Witness.isThere)) struct ReportWitnessTests {
  @Test func everyReportIsWhatTheSchemaSays() throws {
    for report in [ReportTests.passed, ReportTests.failed, ReportTests.skipped] {
      let answer = try Witness.ask(
        """
        import json, sys, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        report = json.loads(open(sys.argv[2]).read())
        jsonschema.validate(report, schema)
        report["stages"][0]["state"] = "failed"
        report["stages"][0].pop("trouble", None)
        try:
            jsonschema.validate(report, schema)
        except jsonschema.ValidationError:
            print("right")
        """, report.json)
      #expect(answer.output == "right\n", "\(answer.errors)")
    }
  }

  @Test func junitIsXMLWithTheCountsOfItsCases() throws {
    for (report, expected) in [
      (ReportTests.passed, "6 0 1\n"), (ReportTests.failed, "4 2 1\n"),
      (ReportTests.skipped, "2 0 2\n"),
    ] {
      let answer = try Witness.ask(
        """
        import sys, xml.etree.ElementTree as tree
        suite = tree.parse(sys.argv[2]).getroot()[0]
        cases = suite.findall("testcase")
        failures = [c for c in cases if c.find("failure") is not None]
        skips = [c for c in cases if c.find("skipped") is not None]
        assert suite.get("tests") == str(len(cases)), suite.attrib
        assert suite.get("failures") == str(len(failures)), suite.attrib
        assert suite.get("skipped") == str(len(skips)), suite.attrib
        assert cases[-1].get("name") == "verdict"
        print(len(cases), len(failures), len(skips))
        """, report.junit)
      #expect(answer.output == expected, "\(answer.errors)")
    }
    #expect(ReportTests.passed.junit.contains("NVIDIA &lt;H100&gt; &amp; &quot;co&quot;[2J"))
  }
}

/// A Python with `jsonschema`.
enum Witness {

  static let isThere: Bool = {
    let answer = try? Process.run("/usr/bin/env", ["python3", "-c", "import jsonschema"])
    return answer?.status == 0
  }()

  /// Runs `script` with the schema's path and that of a file with `text`.
  static func ask(_ script: String, _ text: String) throws -> Process {
    let root = FakeRoot()
    try root.write("/report", text)
    let schema =
      #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
      + "/docs/gpu-smoke-test.schema.json"
    return try Process.run(
      "/usr/bin/env", ["python3", "-c", script, schema, root.path + "/report"])
  }
}

import FoundationEssentials
import Testing

/// The whole diagnosis with an accelerator that misbehaves, in a program of its own.
@Suite struct DrivingTests {
  /// What a report has that the verdict depends on.
  struct Result {
    let status: Int32
    let verdict: String
    /// States by stage; of several devices the last one's.
    var states: [String: String] = [:]
    /// Of several devices the last one, by stage.
    var devices: [String: Int] = [:]
    var codes: [String] = []
    var seen = ""
    /// What the double says of the processes that it left.
    let errors: String
    let seconds: Double
  }

  private func run(_ fault: String, _ arguments: String...) throws -> Result {
    let root = try FakeRoot.wsl()
    let run = try Process.run(
      Process.built("accelerator-double"), [fault, root.path, "--json"] + arguments)
    struct Report: Decodable {
      struct Stage: Decodable {
        struct Trouble: Decodable {
          let code: String
          let seen: String
          let remedy: String
        }
        let stage: String
        let state: String
        let device: Int?
        let trouble: Trouble?
      }
      let verdict: String
      let exitStatus: Int32
      let stages: [Stage]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    #expect(report.exitStatus == run.status)
    var result = Result(
      status: run.status, verdict: report.verdict, errors: run.errors, seconds: run.seconds)
    for stage in report.stages {
      result.states[stage.stage] = stage.state
      result.devices[stage.stage] = stage.device
      guard let trouble = stage.trouble else { continue }
      result.codes.append(trouble.code)
      result.seen += trouble.seen
      #expect(!trouble.seen.isEmpty && !trouble.remedy.isEmpty && !trouble.seen.contains("{"))
    }
    return result
  }

  @Test func aDeviceThatIsRightAndFastPasses() throws {
    let result = try run("none")
    #expect(result.status == 0)
    #expect(result.verdict == "passed")
    #expect(result.states.count == 11)
    #expect(Set(result.states.values) == ["passed"])
  }

  /// A driver may take seconds to give a GPU back; the verdict does not wait for that, the end does.
  @Test func theReportComesBeforeTheEndOfTheDriversProcess() throws {
    for fault in ["none", "two", "memory-trouble"] {
      let errors = try run(fault, "--level", "full").errors
      #expect(errors == "a child after the report: true, at the end: false\n", "\(fault)")
    }
    for fault in ["memory-crash", "kernels-garbage", "driver-exit"] {
      let errors = try run(fault).errors
      #expect(errors.hasSuffix("a child after the report: false, at the end: false\n"))
    }
  }

  @Test func aRuntimeThatTheDriverDoesNotServeIsAWarning() throws {
    let result = try run("old-toolkit")
    #expect(result.status == 0)
    #expect(result.codes == ["G2952"] && result.states["version"] == "warned")
  }

  @Test func whatActsAsAGPUIsNoPass() throws {
    let result = try run("emulated")
    #expect(result.status == 4)
    #expect(result.states["training"] == "passed")
    #expect(result.states["acceleration"] == "skipped")
  }

  @Test(arguments: [
    "driver", "version", "device", "memory", "kernels", "training", "acceleration",
  ])
  func aCrashIsTheVerdictOfItsStage(_ stage: String) throws {
    let result = try run(stage + "-crash")
    #expect(result.status == 1)
    #expect(result.codes == ["G1051"])
    #expect(result.states[stage] == "failed")
    #expect(result.seen.contains("SIGSEGV"))
    let abort = try run(stage + "-abort")
    #expect(abort.states[stage] == "failed")
    #expect(abort.seen.contains("SIGABRT"))
    #expect(abort.seen.contains("assertion failed[2J"))
  }

  @Test(arguments: ["driver", "training", "acceleration"])
  func aHangIsTheVerdictOfItsStage(_ stage: String) throws {
    // What comes before the hang takes milliseconds, and has to be in time on a busy machine too.
    let result = try run(stage + "-hang", "--timeout", "5")
    #expect(result.status == 1)
    #expect(result.codes == ["G1052"])
    #expect(result.states[stage] == "failed")
    #expect(result.seconds < 300)
  }

  @Test(arguments: [
    ("driver-exit", "G1053"), ("kernels-garbage", "G1053"), ("memory-trouble", "G2002"),
  ])
  func everyOtherEndIsAVerdictToo(_ fault: String, _ code: String) throws {
    let result = try run(fault)
    #expect(result.status == 1)
    #expect(result.codes == [code])
  }

  @Test(arguments: [
    ("wrong-loss", "G1061"), ("wrong-weights", "G1062"), ("no-number", "G1064"),
    ("few-losses", "G1064"), ("few-weights", "G1064"),
  ])
  func wrongResultsFail(_ fault: String, _ code: String) throws {
    let result = try run(fault)
    #expect(result.status == 1)
    #expect(result.codes == [code])
    #expect(result.states["training"] == "failed")
    #expect(result.states["acceleration"] == "not-reached")
  }

  @Test(arguments: [("slow", "G1071"), ("slow-product", "G1072")])
  func aDeviceSlowerThanTheCPUFails(_ fault: String, _ code: String) throws {
    let result = try run(fault)
    #expect(result.status == 1)
    #expect(result.codes == [code])
    #expect(result.states["training"] == "passed")
  }

  @Test func everyDeviceIsTestedAtLevelFull() throws {
    let quick = try run("two")
    #expect(quick.status == 0)
    let full = try run("two", "--level", "full")
    #expect(full.status == 1)
    #expect(full.codes == ["G2954"])
    let one = try run("two", "--level", "full", "--device", "0")
    #expect(one.status == 0)
  }

  /// The double's machine has no Python, so no more is needed to see which GPU it would be.
  @Test func theReportSaysOnWhichOfSeveralGPUsTheFrameworkTrains() throws {
    let full = try run("twins", "--level", "full", "--framework", "pytorch")
    #expect(full.codes == ["G1081"] && full.devices["acceleration"] == 1)
    #expect(full.devices["framework"] == 0)
    let quick = try run("twins", "--framework", "pytorch")
    #expect(quick.devices["framework"] == nil)
  }
}

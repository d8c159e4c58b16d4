public import Accelerators
public import Platform
internal import Trainer

/// The whole test: the questions in their order, the verdict at the end.
public final class Diagnosis {
  /// What an accelerator is made for.
  public struct Target: Hashable, Sendable {
    /// The driver, as the loader takes it: a name, or a path where the machine is not the real one.
    public let library: String
    /// The same of DirectML's three libraries, with what to try next.
    public let dxcore: [String]
    public let d3d12: [String]
    public let directML: [String]
    /// Which of the driver's devices, from 0.
    public let device: Int
    /// Instead of that, what DirectML's adapter is called.
    public let adapter: String?
    /// Where the image keeps the libraries of its frameworks; absolute paths.
    public let folders: [String]
  }

  let host: Host
  let settings: Settings
  /// Called in the child.
  let accelerator: (Target) -> any Accelerator
  private var bench: Bench?

  public init(
    _ machine: Machine, _ settings: Settings, accelerator: @escaping (Target) -> any Accelerator
  ) {
    host = Host(machine)
    self.settings = settings
    self.accelerator = accelerator
  }

  public func run(version: String) -> Report {
    let stopwatch = Stopwatch()
    let backend = settings.backend ?? .cuda
    let outcomes = backend == .cpu ? runOnCPU() : runOnDevices()
    return Report(
      version: version, backend: backend, level: settings.level, outcomes: complete(outcomes),
      verdict: Verdict(outcomes, isEmulated: isEmulated(outcomes)),
      nanoseconds: stopwatch.nanoseconds)
  }

  /// To be called when the report is written: waits for the process that drove the GPU, which the
  /// verdict does not wait for.
  public func finish() { bench?.finish() }

  private func runOnDevices() -> [Outcome] {
    var outcomes: [Outcome] = []
    for stage in [Stage.platform, .deviceNodes, .mounts, .libraries] {
      var outcome = examine(stage)
      if outcomes.isEmpty, let choice = settings.choice {
        outcome.facts.append(Fact("backend", .text(choice)))
      }
      outcomes.append(outcome)
      guard outcome.allowsMore else { return outcomes }
    }
    let bench = Bench(host: host, settings: settings, accelerator: accelerator)
    self.bench = bench
    outcomes += bench.run()
    if let framework = settings.framework, outcomes.allSatisfy({ $0.allowsMore }) {
      bench.finish()
      var outcome = check(framework)
      // Of several GPUs it is the first; with DirectML the framework's own first.
      if settings.backend != .directml, outcomes.last?.device != nil { outcome.device = 0 }
      outcomes.append(outcome)
    }
    return outcomes
  }

  /// A stage that asks nothing of the device.
  private func examine(_ stage: Stage) -> Outcome {
    let backend = settings.backend ?? .cuda
    return timed {
      switch stage {
      case .platform: host.examinePlatform()
      case .deviceNodes: host.examineDeviceNodes(for: backend)
      case .mounts: host.examineMounts()
      default: backend == .directml ? host.examineDirectML(settings) : host.examineLibraries()
      }
    }
  }

  /// The trainer alone, for those who want to see that it works; it proves nothing about a GPU.
  private func runOnCPU() -> [Outcome] {
    let reason = "no GPU was asked for"
    return [
      timed { host.examinePlatform() },
      timed {
        let digits = Digits()
        let run = CPUTrainer.train(.digits, on: digits.training)
        let (state, accuracy) = Judgement.judgeAccuracy(run.parameters, heldOut: digits.heldOut)
        return Outcome(
          .training, state,
          [
            Fact("held-out-accuracy", .quantity(accuracy * 100, unit: "%")),
            Fact("time", .quantity(Double(run.nanoseconds) / 1e9, unit: "s")),
            Fact("cpu-cores", .count(Processors.count)),
          ])
      }, Outcome(.acceleration, .skipped(reason)),
    ]
  }

  private func check(_ framework: Framework) -> Outcome {
    FrameworkCheck(
      framework: framework, backend: settings.backend ?? .cuda, device: settings.device ?? 0,
      machine: host.machine, python: settings.python, limit: settings.frameworkTimeout
    ).run()
  }

  private func isEmulated(_ outcomes: [Outcome]) -> Bool {
    outcomes.contains { $0.stage == .device && $0.isEmulated }
  }

  /// The stages that were not reached, in their places.
  private func complete(_ outcomes: [Outcome]) -> [Outcome] {
    var all = outcomes
    if settings.backend == .cpu { return all }
    for stage in Stage.allCases where stage != .framework || settings.framework != nil {
      if !outcomes.contains(where: { $0.stage == stage }) {
        all.append(Outcome(stage, .notReached))
      }
    }
    return all
  }
}

extension Outcome {
  /// A driver made for tests, or what the accelerator itself calls no GPU, with a reason.
  var isEmulated: Bool {
    facts.contains {
      $0.name == "emulated" || $0.name == "name" && $0.value == .text(Verdict.testDouble)
    }
  }
}

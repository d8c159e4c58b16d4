internal import Accelerators
public import Platform
internal import Trainer

/// Whether the image is right for a GPU, asked where there is none: what `kiln verify` runs in an
/// image before anybody starts it.
public final class SelfCheck {
  let host: Host
  let settings: Settings

  public init(_ machine: Machine, _ settings: Settings) {
    host = Host(machine)
    self.settings = settings
  }

  public func run(version: String) -> Report {
    let stopwatch = Stopwatch()
    var outcomes: [Outcome] = []
    outcomes.append(timed { host.examinePlatform() })
    outcomes.append(timed { libraries() })
    outcomes.append(timed { training() })
    if let python = settings.python { outcomes.append(timed { framework(python) }) }
    let isRight = outcomes.allSatisfy { $0.allowsMore }
    return Report(
      version: version, backend: settings.backend ?? .cuda, level: settings.level,
      isSelfCheck: true, outcomes: outcomes, verdict: isRight ? .passed : .failed,
      nanoseconds: stopwatch.nanoseconds)
  }

  /// An image for WSL, whoever runs it now.
  private var isForWSL: Bool {
    host.isDistribution || host.machine.status("/etc/wsl-distribution.conf") != nil
      || host.machine.status("/etc/wsl.conf") != nil
  }

  private func libraries() -> Outcome {
    guard isForWSL else {
      return Outcome(.libraries, .skipped("only WSL leaves the driver's libraries to the host"))
    }
    let search = LoaderSearch(host.machine)
    for name in [
      "libcuda.so.1", "libcuda.so", "libnvidia-ml.so.1", "libnvidia-ptxjitcompiler.so.1",
    ] + Host.direct3D {
      if let hit = search.find(name), !host.isHosts(hit.path) {
        let code = Host.direct3D.contains(name) ? "G1126" : "G1101"
        return .failed(.libraries, Trouble(code, hit.path))
      }
    }
    if let trouble = host.brokenConfiguration(mustBeWritten: host.isDistribution) {
      return Outcome(.libraries, .failed(trouble))
    }
    if settings.backend == .directml { return directML(search) }
    if settings.backend == .cuda, !isLinked {
      return .failed(.libraries, Trouble("G1102", LoaderSearch.ownFolders[1]))
    }
    return Outcome(.libraries, .passed, [Fact("driver", .text("the host's"))])
  }

  /// DirectML's library must be there, whole, and get what it needs, but for what the host brings.
  private func directML(_ search: LoaderSearch) -> Outcome {
    let machine = host.machine
    guard let path = host.directML(settings), let status = machine.status(path) else {
      return .failed(.libraries, host.missingDirectML(settings))
    }
    if let trouble = host.troubleWithFile(path, status) { return .failed(.libraries, trouble) }
    let needs = ELFNeeds.names((try? machine.read(path, limit: 1 << 28)) ?? [])
    guard let needs else { return .failed(.libraries, Trouble("G1034", path)) }
    for name in needs where !Host.direct3D.contains(name) && search.find(name) == nil {
      return .failed(.libraries, Trouble("G1125", path, name))
    }
    var facts = Facts()
    facts.add("directml", path)
    if let file = try? machine.resolve(path), let digest = Digest.ofFile(file) {
      facts.add("directml-sha256", digest)
    }
    return .passed(.libraries, facts)
  }

  /// WSL's cache gets `libcuda.so.1` only, and some programs ask for `libcuda.so`.
  private var isLinked: Bool {
    LoaderSearch.ownFolders.contains { host.isHosts($0 + "/libcuda.so") }
  }

  private func training() -> Outcome {
    let digits = Digits()
    let run = CPUTrainer.train(.digits, on: digits.training)
    let (state, accuracy) = Judgement.judgeAccuracy(run.parameters, heldOut: digits.heldOut)
    return Outcome(
      .training, state,
      [
        Fact("on", .text("the CPU")),
        Fact("held-out-accuracy", .quantity(accuracy * 100, unit: "%")),
        Fact("cpu-cores", .count(Processors.count)),
      ])
  }

  /// The interpreter that the image's settings name must be there.
  private func framework(_ python: String) -> Outcome {
    if host.machine.mayExecute(python) {
      return Outcome(.framework, .passed, [Fact("interpreter", .text(python))])
    }
    return .failed(.framework, Trouble("G1103", python, Settings.path))
  }
}

/// What `stage` says, with the time that it took.
func timed(_ stage: () -> Outcome) -> Outcome {
  let stopwatch = Stopwatch()
  var outcome = stage()
  outcome.nanoseconds = stopwatch.nanoseconds
  return outcome
}

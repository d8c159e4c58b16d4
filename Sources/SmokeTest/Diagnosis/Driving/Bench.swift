internal import Accelerators
internal import Platform
internal import Trainer

/// Drives devices in child processes, and holds them against the CPU, which works meanwhile.
final class Bench {
  let host: Host
  let settings: Settings
  let accelerator: (Diagnosis.Target) -> any Accelerator

  /// The process that drove the last device: it has said all, and may still be giving the GPU back.
  private var child: Child?
  private let digits = Digits()
  private let plan = TrainingPlan.digits

  init(
    host: Host, settings: Settings, accelerator: @escaping (Diagnosis.Target) -> any Accelerator
  ) {
    self.host = host
    self.settings = settings
    self.accelerator = accelerator
  }

  /// The stages of the device that is asked for, or of the first; with ``Level/full`` of all others
  /// too.
  func run() -> [Outcome] {
    let first = settings.device ?? 0
    var reference: CPUWork?
    var outcomes = examine(first, name: nil, &reference)
    guard settings.level == .full, settings.device == nil, settings.adapter == nil,
      let count = count(in: outcomes)
    else { return outcomes }
    if count > 1 { for index in outcomes.indices { outcomes[index].device = first } }
    for device in 1..<max(1, count) { outcomes += examine(device, name: device, &reference) }
    return outcomes
  }

  /// Waits until the GPU is given back, for whoever needs it next. A driver that nobody else keeps awake
  /// may take seconds for that, which no verdict has to wait for.
  func finish() {
    child?.stop()
    child = nil
  }

  private func count(in outcomes: [Outcome]) -> Int? {
    for outcome in outcomes where outcome.stage == .device {
      for fact in outcome.facts where fact.name == "devices" {
        if case .count(let count) = fact.value { return min(count, 64) }
      }
    }
    return nil
  }

  private func examine(
    _ device: Int, name: Int?, _ reference: inout CPUWork?
  ) -> [Outcome] {
    finish()
    let child: Child
    do throws(FileError) {
      child = try Child.fork { reporter in
        let drive = Drive(
          plan: plan, samples: digits.training, level: settings.level, reporter: reporter)
        drive.run(accelerator(target(device)))
      }
    } catch {
      return [Outcome(.driver, .failed(Trouble("G1054", error.reason)), device: name)]
    }
    self.child = child
    let watch = DeviceWatch(limit: settings.timeout, device: name)
    let cpu = reference ?? measureCPU()
    reference = cpu
    watch.watch(child)
    return judged(watch, cpu)
  }

  private func target(_ device: Int) -> Diagnosis.Target {
    let path = Host.driverFolder + "/" + Host.driver
    // Where the machine is made up, the loader would look on the real one.
    let library =
      host.machine.root.isEmpty
      ? Host.driver : (try? host.machine.resolve(host.driverPath ?? path)) ?? Host.driver
    let directML = host.directML(settings).flatMap { try? host.machine.resolve($0) }
    return Diagnosis.Target(
      library: library, dxcore: host.direct3D(Host.direct3D[0]),
      d3d12: host.direct3D(Host.direct3D[1]), directML: [directML ?? "libdirectml.so"],
      device: device, adapter: settings.adapter,
      folders: LibraryFolders.folders(host.machine, python: settings.python))
  }

  /// What the device is held against. The network is the one that `Accelerator.measure` times.
  private func measureCPU() -> CPUWork {
    let run = CPUTrainer.train(plan, on: digits.training)
    return CPUWork(run: run, speed: CPUSpeed.measure(.speed, exactly: false))
  }

  /// What the child could not say itself: whether its training and its speed are good enough.
  private func judged(_ watch: DeviceWatch, _ reference: CPUWork) -> [Outcome] {
    let isEmulated = watch.outcomes.contains { $0.isEmulated }
    var outcomes: [Outcome] = []
    for var outcome in watch.outcomes {
      if outcome.state == .passed, outcome.stage == .training {
        judge(&outcome, watch.run, reference.run)
      }
      if outcome.state == .passed, outcome.stage == .acceleration {
        judge(&outcome, watch.throughput, reference.speed)
        if isEmulated { outcome.state = .skipped("an emulated device proves no acceleration") }
      }
      outcomes.append(outcome)
      guard outcome.allowsMore else { break }
    }
    return outcomes
  }

  private func judge(_ outcome: inout Outcome, _ run: TrainingRun?, _ reference: TrainingRun) {
    guard let run else {
      return outcome.state = .failed(Trouble("G1053", "sent no result", outcome.stage.name))
    }
    let (state, facts) = Judgement.judge(run, against: reference, heldOut: digits.heldOut)
    outcome.state = state
    outcome.facts += facts
  }

  private func judge(_ outcome: inout Outcome, _ throughput: Throughput?, _ cpu: CPUSpeed) {
    guard let throughput else {
      return outcome.state = .failed(Trouble("G1053", "sent no result", outcome.stage.name))
    }
    let plan = throughput.plan
    // A device that timed another network is held against the CPU's time for that one.
    let seen = plan.network == cpu.network ? cpu : CPUSpeed.measure(plan, exactly: false)
    let (state, facts) = Judgement.judge(throughput, against: seen) {
      CPUSpeed.measure(plan, exactly: true)
    }
    outcome.state = state
    outcome.facts += facts
  }
}

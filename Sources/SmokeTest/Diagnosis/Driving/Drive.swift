internal import Accelerators
internal import Platform
internal import Trainer

/// What the child does: the accelerator's stages in order, each told before it begins.
struct Drive {
  let plan: TrainingPlan
  let samples: Samples
  let level: Level
  let reporter: Reporter

  func run(_ accelerator: any Accelerator) {
    for stage in DeviceWatch.stages {
      send(.begun(stage, at: Stopwatch.now))
      do throws(Trouble) {
        let facts = try ask(stage, accelerator)
        if let warning = warning(stage, accelerator) {
          send(.warned(stage, at: Stopwatch.now, facts, warning))
        } else {
          send(.ended(stage, at: Stopwatch.now, facts))
        }
      } catch {
        send(.failed(stage, at: Stopwatch.now, error))
        break
      }
    }
    send(.finished)
  }

  private func warning(_ stage: Stage, _ accelerator: any Accelerator) -> Trouble? {
    switch stage {
    case .version: accelerator.versionWarning
    case .device: accelerator.emulation
    default: nil
    }
  }

  private func ask(_ stage: Stage, _ accelerator: any Accelerator) throws(Trouble) -> [Fact] {
    switch stage {
    case .driver: return try accelerator.load()
    case .version: return try accelerator.checkVersion()
    case .device: return try accelerator.openDevice()
    case .memory: return try accelerator.checkMemory(level)
    case .kernels: return try accelerator.checkKernels(level)
    case .training: send(.trained(try accelerator.train(plan, on: samples)))
    case .acceleration: send(.measured(try accelerator.measure(level)))
    case .platform, .deviceNodes, .mounts, .libraries, .framework: break
    }
    return []
  }

  private func send(_ message: Message) { reporter.send(message.bytes) }
}

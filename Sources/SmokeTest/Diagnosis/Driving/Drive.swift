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
    do throws(Trouble) {
      try ask(.driver) { () throws(Trouble) in try accelerator.load() }
      try ask(.version) { () throws(Trouble) in try accelerator.checkVersion() }
      try ask(.device) { () throws(Trouble) in try accelerator.openDevice() }
      try ask(.memory) { () throws(Trouble) in try accelerator.checkMemory(level) }
      try ask(.kernels) { () throws(Trouble) in try accelerator.checkKernels(level) }
      try ask(.training) { () throws(Trouble) in
        send(.trained(try accelerator.train(plan, on: samples)))
        return []
      }
      try ask(.acceleration) { () throws(Trouble) in
        send(.measured(try accelerator.measure(level)))
        return []
      }
    } catch {
      // It was told where it happened.
    }
    send(.finished)
  }

  private func ask(_ stage: Stage, _ question: () throws(Trouble) -> [Fact]) throws(Trouble) {
    send(.begun(stage, at: Stopwatch.now))
    do throws(Trouble) {
      let facts = try question()
      send(.ended(stage, at: Stopwatch.now, facts))
    } catch {
      send(.failed(stage, at: Stopwatch.now, error))
      throw error
    }
  }

  private func send(_ message: Message) { reporter.send(message.bytes) }
}

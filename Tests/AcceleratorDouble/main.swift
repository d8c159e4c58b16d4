// accelerator-double FAULT ROOT [ARGUMENT…]: the diagnosis with an accelerator that computes on the
// CPU, rightly but for FAULT. A program of its own, because the diagnosis forks, which a test with
// many threads must not.
import Accelerators
import CPlatform
import Diagnosis
import Platform
import Trainer

final class AcceleratorDouble: Accelerator {
  let fault: String
  let device: Int

  init(fault: String, device: Int) {
    self.fault = fault
    self.device = device
  }

  /// What goes wrong in the stage, as `STAGE-crash` and so on say.
  func happen(_ stage: String) throws(Trouble) {
    switch fault {
    case stage + "-crash": raise(SIGSEGV)
    case stage + "-abort":
      Terminal.errors.write("driver: assertion failed\u{1B}[2J\n")
      abort()
    case stage + "-hang": while true { pause() }
    case stage + "-exit": exit(5)
    case stage + "-trouble":
      throw Trouble(
        code: "G2002", seen: "CUDA_ERROR_OUT_OF_MEMORY (2)", remedy: "Close the others.")
    case stage + "-garbage":
      for descriptor in Int32(3)..<64 { _ = unsafe write(descriptor, "garbage!", 8) }
    default: break
    }
  }

  func load() throws(Trouble) -> [Fact] {
    print("the driver talks")
    try happen("driver")
    return [Fact("driver-cuda", .text("12.8"))]
  }

  func checkVersion() throws(Trouble) -> [Fact] {
    try happen("version")
    return []
  }

  var versionWarning: Trouble? {
    fault == "old-toolkit"
      ? Trouble(code: "G2952", seen: "CUDA 13", remedy: "Take another.") : nil
  }

  func openDevice() throws(Trouble) -> [Fact] {
    try happen("device")
    let name = fault == "emulated" ? Verdict.testDouble : "Double \(device)"
    let count = fault == "two" || fault == "twins" ? 2 : 1
    return [Fact("devices", .count(count)), Fact("name", .text(name))]
  }

  func checkMemory(_ level: Level) throws(Trouble) -> [Fact] {
    try happen("memory")
    if fault == "two", device == 1 {
      throw Trouble(code: "G2954", seen: "a bit sticks", remedy: "Replace it.")
    }
    return []
  }

  func checkKernels(_ level: Level) throws(Trouble) -> [Fact] {
    try happen("kernels")
    return []
  }

  func train(_ plan: TrainingPlan, on samples: Samples) throws(Trouble) -> TrainingRun {
    try happen("training")
    let run = CPUTrainer.train(plan, on: samples)
    var losses = run.losses
    var parameters = run.parameters
    switch fault {
    case "wrong-loss": losses[3] *= 1.01
    case "wrong-weights": parameters.outputWeights[7] += 0.5
    case "no-number": parameters.hiddenBiases[0] = .nan
    case "few-losses": losses.removeLast()
    case "few-weights": parameters.hiddenWeights = []
    default: break
    }
    return TrainingRun(losses: losses, parameters: parameters, nanoseconds: run.nanoseconds)
  }

  func measure(_ level: Level) throws(Trouble) -> Throughput {
    try happen("acceleration")
    let isSlow = fault == "slow" || fault == "emulated"
    return Throughput(
      step: isSlow ? 1000 : 1e-6, plan: .speed, product: fault == "slow-product" ? 1e6 : 1e15,
      productBy: "double", bandwidth: 1e12, theoreticalProduct: 2e15, theoreticalBandwidth: nil,
      facts: [])
  }
}

/// Whether there is a child that was not waited for, running or not.
func hasChildren() -> Bool {
  var child = unsafe siginfo_t()
  return unsafe waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0
}

let arguments = Surroundings.arguments
do throws(WrongUse) {
  let options = try Options(Array(arguments.dropFirst(2)))
  let machine = Machine(root: arguments[1], environment: Surroundings.environment)
  let settings = try Settings(options, machine)
  let diagnosis = Diagnosis(machine, settings) { target in
    AcceleratorDouble(fault: arguments[0], device: target.device)
  }
  let report = diagnosis.run(version: "1.0")
  Terminal.output.write(options.json ? report.json : report.text(.plain))
  let before = hasChildren()
  diagnosis.finish()
  Terminal.errors.write("a child after the report: \(before), at the end: \(hasChildren())\n")
  exit(report.exitStatus)
} catch {
  Terminal.errors.write(error.message + "\n")
  exit(2)
}

import CPlatform
import Platform
import Testing

@testable import Trainer

/// numpy trains the same plan on the digits as scikit-learn has them, in a script that shares nothing
/// with Swift.
@Suite struct WitnessTests {
  @Test(
    .enabled("Python with numpy is the witness, and is not installed here") {
      (try? python("-c", "import numpy"))?.status == 0
    })
  func numpyTrainsTheSame() throws {
    let plan = TrainingPlan.digits
    let digits = Digits()
    let run = CPUTrainer.train(plan, on: digits.training)
    let table = "/tmp/kiln-digits-\(getpid()).csv"
    defer { unsafe unlink(table) }
    try OutputFile(table).finish(Self.table)
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    let package = here.dropLast(3).joined(separator: "/")
    let answer = try python(
      package + "/Tests/TrainerTests/train_digits.py",
      table, "\(plan.network.hidden)", "\(plan.batch)", "\(plan.epochs)", "\(plan.learningRate)",
      "\(plan.momentum)", "\(plan.seed)")
    #expect(answer.status == 0)
    var numbers: [Substring: [Double]] = [:]
    for line in answer.output.split(separator: "\n") {
      let words = line.split(separator: " ")
      numbers[words[0], default: []].append(try #require(Double(words[1])))
    }
    #expect(maximumRelativeError(run.losses, against: numbers["loss"] ?? []) < 1e-6)
    let parameters = run.parameters
    let parts = [
      parameters.hiddenWeights, parameters.hiddenBiases, parameters.outputWeights,
      parameters.outputBiases,
    ]
    for (part, sum) in zip(parts, try #require(numbers["sum"])) {
      let ours = part.reduce(0) { $0 + Double($1) }
      #expect((ours - sum).magnitude < 1e-4, "\(ours), numpy has \(sum)")
    }
    let right = Int((parameters.accuracy(on: digits.heldOut) * 360).rounded())
    #expect(numbers["right"] == [Double(right)])
  }

  /// The digits as scikit-learn's table has them.
  private static var table: String {
    let all = Digits.all()
    return (0..<all.count).map { index in
      let inks = all.rows[index * 64..<(index + 1) * 64].map { "\(Int($0 * 16))" }
      return (inks + ["\(all.labels[index])"]).joined(separator: ",") + "\n"
    }.joined()
  }
}

private func python(_ arguments: String...) throws -> (status: Int32, output: String) {
  let path = unsafe String(optionalCString: getenv("PATH"))
  let child = try Child.spawn(
    "/usr/bin/env", ["python3"] + arguments,
    environment: ["PATH": path, "HOME": "/tmp", "OPENBLAS_NUM_THREADS": "1"])
  let deadline = Stopwatch.now + 120_000_000_000
  var output: [UInt8] = []
  while true {
    switch child.next(by: deadline) {
    case .report(let bytes): output += bytes
    case .words: continue
    case .late: child.stop()
    case .ended(.exited(let status)): return (status, String(decoding: output, as: UTF8.self))
    case .ended: return (-1, "")
    }
  }
}

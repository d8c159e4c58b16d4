internal import Accelerators

/// What the whole test says.
public enum Verdict: UInt8, Sendable {
  /// The GPU computes rightly, and faster than the CPU.
  case passed
  /// There is a GPU, or something that should lead to one, and it is not right.
  case failed
  /// Nothing was proven: there is no GPU to test, or none was asked for.
  case skipped
  /// All went well on something that only acts as a GPU.
  case emulated

  /// The device name of a driver made for tests, which is not to pass for a GPU.
  public static let testDouble = "kiln test double"

  public var name: String {
    switch self {
    case .passed: "passed"
    case .failed: "failed"
    case .skipped: "skipped"
    case .emulated: "emulated"
    }
  }

  /// The program's exit status; 2 is wrong use.
  public var exitStatus: Int32 {
    switch self {
    case .passed: 0
    case .failed: 1
    case .skipped: 3
    case .emulated: 4
    }
  }

  /// A pass needs proof: every stage that a GPU goes through must have gone well, the comparison with
  /// the CPU too. `isEmulated` is known from the device's facts.
  init(_ outcomes: [Outcome], isEmulated: Bool) {
    var isAbsent = false
    var isAccelerated = false
    for outcome in outcomes {
      switch (outcome.state, outcome.stage) {
      case (.failed, _):
        self = .failed
        return
      case (.absent, _): isAbsent = true
      case (.passed, .acceleration), (.warned, .acceleration): isAccelerated = true
      default: break
      }
    }
    if isAbsent {
      self = .skipped
    } else if isEmulated {
      self = .emulated
    } else {
      self = isAccelerated ? .passed : .skipped
    }
  }
}

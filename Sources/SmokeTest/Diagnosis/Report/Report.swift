public import Accelerators
internal import Platform

/// What a run found, for a person, for a program, and for a CI server.
public struct Report: Sendable {
  public let version: String
  public let backend: Backend
  public let level: Level
  /// A self-check looks at the image, not at a GPU, so its report has another question.
  public let isSelfCheck: Bool
  /// In the order in which they were asked, every stage at least once.
  public let outcomes: [Outcome]
  public let verdict: Verdict
  public let nanoseconds: UInt64

  public init(
    version: String, backend: Backend, level: Level, isSelfCheck: Bool = false,
    outcomes: [Outcome], verdict: Verdict, nanoseconds: UInt64
  ) {
    self.version = version
    self.backend = backend
    self.level = level
    self.isSelfCheck = isSelfCheck
    self.outcomes = outcomes
    self.verdict = verdict
    self.nanoseconds = nanoseconds
  }

  public var exitStatus: Int32 { verdict.exitStatus }

  /// What explains the verdict where it is no pass; of several devices it says which.
  public var trouble: Trouble? {
    var absence: Trouble?
    for outcome in outcomes {
      switch outcome.state {
      case .failed(let trouble):
        guard let device = outcome.device, outcome.stage != .framework else { return trouble }
        let seen = "device " + decimal(device) + ": " + trouble.seen
        return Trouble(code: trouble.code, seen: seen, remedy: trouble.remedy)
      case .absent(let trouble): absence = absence ?? trouble
      default: break
      }
    }
    return absence
  }

  public func fact(_ name: String, of stage: Stage) -> Fact.Value? {
    for outcome in outcomes where outcome.stage == stage {
      if let fact = outcome.facts.first(where: { $0.name == name }) { return fact.value }
    }
    return nil
  }
}

/// How a program reaches a GPU.
public enum Backend: UInt8, CaseIterable, Sendable {
  case cuda
  case directml
  /// No GPU at all: the trainer on the CPU.
  case cpu

  public var name: String {
    switch self {
    case .cuda: "cuda"
    case .directml: "directml"
    case .cpu: "cpu"
    }
  }
}

extension Level {
  public var name: String {
    switch self {
    case .quick: "quick"
    case .full: "full"
    }
  }
}

public import Accelerators

/// How one stage went.
public struct Outcome: Hashable, Sendable {
  public indirect enum State: Hashable, Sendable {
    case passed
    /// Something is not as it should be, but this test can go on.
    case warned(Trouble)
    case failed(Trouble)
    /// There is no GPU here that could be tested, and why.
    case absent(Trouble)
    /// It has nothing to say here, and why.
    case skipped(String)
    /// An earlier stage ended the test.
    case notReached
  }

  public let stage: Stage
  public var state: State
  public var facts: [Fact]
  public var nanoseconds: UInt64
  /// Which of several devices; nothing for what concerns none.
  public var device: Int?

  public init(
    _ stage: Stage, _ state: State, _ facts: [Fact] = [], nanoseconds: UInt64 = 0,
    device: Int? = nil
  ) {
    self.stage = stage
    self.state = state
    self.facts = facts
    self.nanoseconds = nanoseconds
    self.device = device
  }

  public var trouble: Trouble? {
    switch state {
    case .warned(let trouble), .failed(let trouble), .absent(let trouble): trouble
    case .passed, .skipped, .notReached: nil
    }
  }

  /// Whether the stages after it have something to stand on.
  var allowsMore: Bool {
    switch state {
    case .passed, .warned, .skipped: true
    case .failed, .absent, .notReached: false
    }
  }
}

extension [Outcome] {
  /// The standard library's own is inlined.
  @inline(never)
  mutating func append(_ outcome: Outcome) { append(contentsOf: CollectionOfOne(outcome)) }
}

extension Stage {
  /// Its name in reports, for good.
  public var name: String {
    switch self {
    case .platform: "platform"
    case .deviceNodes: "device-nodes"
    case .mounts: "mounts"
    case .libraries: "libraries"
    case .driver: "driver"
    case .version: "version"
    case .device: "device"
    case .memory: "memory"
    case .kernels: "kernels"
    case .training: "training"
    case .acceleration: "acceleration"
    case .framework: "framework"
    }
  }
}

extension Outcome.State {
  /// Its name in reports, for good.
  public var name: String {
    switch self {
    case .passed: "passed"
    case .warned: "warned"
    case .failed: "failed"
    case .absent: "absent"
    case .skipped: "skipped"
    case .notReached: "not-reached"
    }
  }
}

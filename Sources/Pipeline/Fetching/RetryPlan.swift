/// Which mirror to try next, and after what pause: a pure state machine, without clock or network.
///
/// A round goes through the mirrors in turn. One that lacks the file is out, and so is one of which
/// something else comes past all caches; after a round in which all others failed for the moment comes
/// a pause, twice as long as the one before.
struct RetryPlan: Hashable, Sendable {
  struct Limits: Hashable, Sendable {
    var rounds = 5
    /// How often a download that was cut may go on where it stands, without counting as a round.
    var resumptions = 20
    /// Milliseconds.
    var firstPause = 500
    var longestPause = 30_000
    /// Seconds that a server may ask to wait; one that asks for more is out.
    var longestWait = 120
  }

  enum Outcome: Hashable, Sendable {
    /// The mirror will not give the file, however often it is asked.
    case absent
    /// It may a little later; `progressed` where bytes came all the same.
    case temporary(retryAfter: Int?, progressed: Bool)
    /// What came is something else; `resumed` where a part was from an earlier download.
    case mismatch(resumed: Bool)
  }

  enum Step: Hashable, Sendable {
    /// `fresh`: from the first byte, and past any cache.
    case attempt(mirror: Int, fresh: Bool)
    case wait(milliseconds: Int)
    case stop
  }

  private let limits: Limits
  private var mirrors: [Int]
  private var position = 0
  private var round = 0
  private var resumptions = 0
  /// Mirrors of which something else came already.
  private var suspects: Set<Int> = []
  private var restarted = false
  private var fresh = false
  private var pause: Int?
  private var asked = 0
  private var isOver = false

  init(mirrors: Int, limits: Limits = Limits()) {
    self.limits = limits
    self.mirrors = Array(0..<mirrors)
    isOver = mirrors == 0
  }

  /// - Parameter jitter: 0 to 1; spreads many clients that failed at one moment.
  mutating func next(jitter: Double) -> Step {
    if isOver { return .stop }
    if let pause {
      self.pause = nil
      let spread = Double(pause) * (0.5 + 0.5 * jitter)
      // Asked for once, and waited for once.
      defer { asked = 0 }
      return .wait(milliseconds: max(Int(spread), asked * 1000))
    }
    return .attempt(mirror: mirrors[position], fresh: fresh)
  }

  mutating func record(_ outcome: Outcome) {
    switch outcome {
    case .absent: drop()
    case .temporary(let retryAfter, let progressed):
      let wait = retryAfter ?? 0
      if wait > limits.longestWait { return drop() }
      fresh = false
      if progressed, resumptions < limits.resumptions {
        resumptions += 1
        pause = limits.firstPause
        asked = wait
      } else {
        asked = max(asked, wait)
        advance()
      }
    case .mismatch(let resumed):
      let wasFresh = fresh
      fresh = true
      if resumed, !restarted {
        restarted = true
        return
      }
      suspects.contains(mirrors[position]) || wasFresh ? discard() : suspect()
    }
  }

  /// What came may be a cache's; the mirror is asked once more when the others have been.
  private mutating func suspect() {
    suspects.insert(mirrors[position])
    position = (position + 1) % mirrors.count
  }

  private mutating func discard() {
    mirrors.remove(at: position)
    isOver = mirrors.isEmpty
    position = isOver ? 0 : position % mirrors.count
  }

  private mutating func drop() {
    mirrors.remove(at: position)
    if mirrors.isEmpty { isOver = true } else if position == mirrors.count { endRound() }
  }

  private mutating func advance() {
    position += 1
    if position == mirrors.count { endRound() }
  }

  private mutating func endRound() {
    position = 0
    round += 1
    isOver = round >= limits.rounds
    pause = min(limits.longestPause, limits.firstPause << min(round - 1, 16))
  }
}

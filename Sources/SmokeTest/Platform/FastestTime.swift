/// The fastest of several times that one thing took. Whatever else happens only adds to them: a clock that
/// climbs when work comes, another program, a desktop that draws.
public struct FastestTime: Sendable {
  public private(set) var seconds = Double.infinity
  /// Whether two in a row were within 3 % and all took 5 ms; or all took a tenth of a second, or there
  /// were `most`.
  public private(set) var isKnown = false

  public static let most = 100

  private var count = 0
  private var all = 0.0
  private var last = 0.0

  public init() {}

  public mutating func take(_ seconds: Double) {
    self.seconds = min(self.seconds, seconds)
    count += 1
    all += seconds
    let isSteady = (seconds - last).magnitude <= 0.03 * last
    // Written so that what is not a number ends it.
    isKnown = !(all < 0.1) || isSteady && all >= 0.005 || count == Self.most
    last = seconds
  }
}

import Platform
import Testing

@Suite struct FastestTimeTests {
  /// How many of `times` are taken, and what is known then.
  private func taken(_ times: [Double]) -> (count: Int, seconds: Double) {
    var fastest = FastestTime()
    for (index, time) in times.enumerated() {
      fastest.take(time)
      if fastest.isKnown { return (index + 1, fastest.seconds) }
    }
    return (0, fastest.seconds)
  }

  /// Seconds, and how many of them are needed.
  @Test(
    arguments: [
      // Steady; 3 % are enough, either way.
      ([0.010, 0.010], 2, 0.010), ([0.010, 0.0102, 0.010], 2, 0.010), ([0.0103, 0.010], 2, 0.010),
      // A clock that climbs, and something that comes between.
      ([0.008, 0.006, 0.004, 0.003, 0.003, 0.003], 5, 0.003),
      ([0.010, 0.016, 0.0101, 0.0101], 4, 0.010),
      // Too short to be believed at once.
      ([Double](repeating: 0.001, count: 9), 5, 0.001),
      // Never steady, and too long.
      ([0.02, 0.04, 0.02, 0.04, 0.02], 4, 0.02), ([0.3, 0.3], 1, 0.3),
      // No clock.
      ([Double](repeating: 0, count: 200), FastestTime.most, 0), ([.nan, 1], 1, .infinity),
    ] as [([Double], Int, Double)])
  func endsWhenItIsSteady(_ times: [Double], _ count: Int, _ seconds: Double) {
    let taken = taken(times)
    #expect(taken.count == count && taken.seconds == seconds, "\(taken)")
  }
}

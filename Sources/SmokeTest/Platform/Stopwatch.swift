import CPlatform

/// Time since it was made, by the clock that nobody sets.
public struct Stopwatch: Sendable {
  private let start: UInt64

  public init() { start = Self.now }

  /// Nanoseconds since the start.
  public var nanoseconds: UInt64 { Self.now - start }

  /// Nanoseconds since some moment in the past, the same for all processes of the machine.
  public static var now: UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

public import Locks

/// What a recipe resolved to.
public struct Resolution: Sendable {
  public let lock: Lock
  /// Why artifacts of the previous lock that were to keep their versions have others now.
  public var departures: [Artifact: LockDifference.Departure] = [:]
}

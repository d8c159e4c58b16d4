import Glibc
public import Testing

// What a test needs of the machine. One that does not run says what it lacks, in the same words
// everywhere, and is counted as skipped.

extension Trait where Self == ConditionTrait {
  /// Runs where `isThere`; else skips and says that `what` is needed.
  public static func needs(_ what: String, if isThere: @autoclosure @escaping @Sendable () -> Bool)
    -> Self
  {
    .enabled(if: isThere(), "skipped: needs \(what)")
  }

  /// Runs where `isThere` finds out that it can.
  public static func needs(
    _ what: String, _ isThere: @escaping @Sendable () async throws -> Bool
  ) -> Self {
    .enabled("skipped: needs \(what)", isThere)
  }

  /// Runs where a program is in `PATH`.
  public static func needs(program name: String) -> Self {
    .needs("\(name), which is not installed", if: Needs.hasProgram(name))
  }
}

public enum Needs {
  /// For what only the running test can find out: ends it as skipped where `what` is not there.
  public static func require(_ what: String, _ isThere: Bool) throws {
    if !isThere { try Test.cancel("skipped: needs \(what)") }
  }

  /// Whether `PATH` has a program.
  public static func hasProgram(_ name: String) -> Bool {
    variable("PATH").split(separator: ":").contains { unsafe access("\($0)/\(name)", X_OK) == 0 }
  }

  /// Of the environment; empty where it is not set.
  public static func variable(_ name: String) -> String {
    unsafe getenv(name).map { unsafe String(cString: $0) } ?? ""
  }
}

import Glibc

/// What tests take from the environment that they run in.
public enum TestEnvironment {
  /// The search path of this run's tools.
  public static var path: String { value("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin" }

  /// Whether long tests on real input were asked for (`make test-end-to-end`).
  public static var wantsEndToEnd: Bool { value("KILN_E2E") != nil }

  public static var isRoot: Bool { getuid() == 0 }

  public static func value(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}

import FileSystem
import Glibc
public import SystemPackage

/// What tests take from the environment that they run in.
public enum TestEnvironment {
  /// The search path of this run's tools.
  public static var path: String { value("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin" }

  /// Whether long tests on real input were asked for (`make test-end-to-end`).
  public static var wantsEndToEnd: Bool { value("KILN_E2E") != nil }

  public static var isRoot: Bool { getuid() == 0 }

  /// The kiln under test: `KILN_PROGRAM` (a release build is three times as fast), else what was built
  /// with the tests.
  public static var kiln: String { value("KILN_PROGRAM") ?? built("kiln").string }

  /// What was built beside the tests' own executable.
  public static func built(_ name: String) -> FilePath {
    let tests = (try? Files.readSymlink("/proc/self/exe")) ?? ""
    return FilePath(tests).removingLastComponent().appending(name)
  }

  public static func value(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}

import Content
import Digests
import FileSystem
import Locks
import Mirrors
import Needs
import Recipes
import Resolution
import Store
import SystemPackage
import TestSupport
import Testing

/// The real archives, through this machine's own mirrors; on request only.
@Suite("Real archives", .needs("KILN_E2E=1", if: TestEnvironment.wantsEndToEnd), .serialized)
struct RealArchiveTests {
  private static let packages = [
    "systemd-sysv", "libpam-systemd", "dbus", "login", "sudo", "locales", "ca-certificates",
    "python3-venv",
  ]

  static let cases: [(suite: String, requirements: [String])] = [
    ("trixie", ["nvidia-cuda-runtime-cu12", "nvidia-cublas-cu12", "numpy"]),
    ("bookworm", ["torch-directml==0.2.5.dev240914"]),
    ("bullseye", ["tensorflow-cpu==2.10.0", "tensorflow-directml-plugin", "numpy<2"]),
  ]

  @Test("Debian, with wheels of the real index", arguments: cases)
  func debian(suite: String, requirements: [String]) async throws {
    let environment = Dictionary(
      uniqueKeysWithValues: ["PATH", "HOME", "SSL_CERT_FILE", "KILN_MIRROR_PYPI", "https_proxy"]
        .compactMap { name in TestEnvironment.value(name).map { (name, $0) } })
    try await withTemporaryFolder { folder in
      let recipe = Recipe(
        name: suite,
        base: .debian(.init(suite: suite, variant: .minbase, components: ["main"])),
        packages: Self.packages,
        python: .init(venv: "/opt/ml", requirements: requirements, wheels: []),
        directory: folder)
      let mirrors = try await Mirrors.ofHost(environment: environment)
      let resolver = Resolver(
        store: try Store(root: folder.appending("store")), mirrors: mirrors,
        environment: environment, uv: TestEnvironment.value("KILN_UV") ?? "uv",
        now: 1_790_000_000, progress: { if case .noticed = $0 { print($0) } })
      var lock: Lock?
      for run in ["first", "second"] {
        let start = ContinuousClock.now
        let resolved = try await resolver.resolve(recipe, previous: lock)
        let size = resolved.artifacts.reduce(0) { $0 + $1.size }
        print(
          "\(suite), \(run): \(start.duration(to: .now)), \(resolved.packages.count) packages,",
          "\(resolved.wheels.count) wheels, \(ByteCount(size))")
        if let lock { #expect(resolved == lock) }
        lock = resolved
      }
      let resolved = try #require(lock)
      #expect(resolved.packages.contains { $0.source == "debian-security" })
      #expect(resolved.wheels.allSatisfy { $0.source == "pypi" && $0.size > 0 })
      #expect(try Lock.decode(resolved.encoded(), from: "lock.json") == resolved)
      if let folder = TestEnvironment.value("KILN_E2E_LOCKS") {
        try resolved.write(FilePath(folder).appending("\(suite).lock.json"))
      }
    }
  }
}

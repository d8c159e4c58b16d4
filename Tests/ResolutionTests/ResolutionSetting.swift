import Content
import FileSystem
import Locks
import Mirrors
import Recipes
import Resolution
import Store
import Synchronization
import SystemPackage
import TestSupport

/// A generated archive with its updates and security suites, and a resolver that sees nothing else.
struct ResolutionSetting: Sendable {
  let repository: AptRepository
  let folder: FilePath
  let noticed = Notices()

  final class Notices: Sendable {
    private let found = Mutex<[String]>([])
    var codes: [String] { found.withLock { $0 } }

    func add(_ event: ProgressEvent) {
      guard case .noticed(let code, _) = event else { return }
      found.withLock { $0.append(code) }
    }
  }

  static func with(
    _ body: (ResolutionSetting) async throws -> Void
  ) async throws {
    try await AptRepository.withTemporary { repository, folder in
      try await body(ResolutionSetting(repository: repository, folder: folder))
    }
  }

  /// With Python in the archive, and an index of wheels: their file names → what they require.
  static func with(
    wheels: [String: [String]], _ body: (ResolutionSetting, PythonIndex) async throws -> Void
  ) async throws {
    try await with { setting in
      try await setting.publish(main: [TestDeb("python3", version: "3.13.5-1")])
      try await body(setting, try await PythonIndex.serve(wheels, in: setting.folder))
    }
  }

  /// What every archive here has: an essential package, apt, and a required one.
  static let base = [
    TestDeb("base", fields: ["Essential": "yes", "Priority": "required", "Depends": "libc6"]),
    TestDeb("apt", fields: ["Depends": "libc6"]),
    TestDeb("libc6", version: "2.41-12", architecture: "amd64"),
    TestDeb("required", fields: ["Priority": "required"]),
  ]

  /// Publishes a release with its updates and security suites.
  func publish(
    _ suite: String = "trixie", origin: String = "Debian", main: [TestDeb],
    updates: [TestDeb]? = [], security: [TestDeb] = [], date: Int64 = 1_700_000_000
  ) async throws {
    try await repository.publish(
      .init(suite: suite, origin: origin, components: ["main": Self.base + main], date: date))
    if let updates {
      try await repository.publish(
        .init(suite: suite + "-updates", origin: origin, components: ["main": updates], date: date))
    }
    try await repository.publish(
      .init(suite: suite + "-security", origin: origin, components: ["main": security], date: date))
  }

  func recipe(
    _ packages: [String], suite: String = "trixie", variant: Recipe.Suite.Variant = .minbase,
    keyring: FilePath? = nil
  ) -> Recipe {
    Recipe(
      name: "demo",
      base: .debian(
        .init(
          suite: suite, variant: variant, components: ["main"],
          keyring: keyring ?? repository.key.keyring)),
      packages: packages, directory: folder)
  }

  func resolver(
    base: String? = nil, uv: String = "uv", environment: [String: String] = [:],
    mirrors: [String: [String]] = [:], extraIndexes: [String] = []
  ) throws -> Resolver {
    let base = base ?? "file://\(repository.root)"
    let sources = ["debian", "debian-security", "ubuntu", "ubuntu-security"]
    let bases = Dictionary(uniqueKeysWithValues: sources.map { ($0, [base]) })
    return Resolver(
      store: try Store(root: folder.appending("store")),
      mirrors: Mirrors(bases.merging(mirrors) { $1 }, extraIndexes: extraIndexes),
      environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"].merging(environment) { $1 }, uv: uv,
      now: 1_700_000_000, progress: noticed.add)
  }
}

public import Content
internal import Digests
internal import Fetching
internal import FileSystem
public import Locks
public import Mirrors
public import Recipes
public import Store
internal import SystemPackage

/// Finds out what a recipe needs: which packages and wheels, of which versions, with which bytes.
public struct Resolver: Sendable {
  let store: Store
  let mirrors: Mirrors
  let environment: [String: String]
  let uv: String
  let now: Int64
  let progress: ProgressSink

  /// - Parameters:
  ///   - environment: the user's. Its `PATH`, proxies, certificates and `HOME` (for netrc) reach
  ///     the tools, nothing else.
  ///   - uv: a path, or a name that is looked up in the environment's `PATH`.
  ///   - now: seconds since 1970; its day is the date of a lock of which nothing else tells one.
  public init(
    store: Store, mirrors: Mirrors, environment: [String: String], uv: String = "uv", now: Int64,
    progress: @escaping ProgressSink = { _ in }
  ) {
    self.store = store
    self.mirrors = mirrors
    self.environment = environment
    self.uv = uv
    self.now = now
    self.progress = progress
  }

  /// Resolves a recipe.
  ///
  /// The lock's date is the newest date of what was read: the day of the newest Release file, or a
  /// wheel's upload. It stays while the set of artifacts stays.
  ///
  /// - Parameters:
  ///   - previous: the lock that stands.
  ///   - update: what may change of it.
  public func resolve(
    _ recipe: Recipe, previous: Lock? = nil, update: UpdateScope = .keep
  ) async throws(ResolutionError) -> Lock {
    try await resolution(of: recipe, previous: previous, update: update).lock
  }

  /// Resolves a recipe, and says why versions of the previous lock that were to stay did not.
  public func resolution(
    of recipe: Recipe, previous: Lock?, update: UpdateScope
  ) async throws(ResolutionError) -> Resolution {
    progress(.started(.resolve, total: nil, unit: .items))
    let resolution = try await chosen(try located(recipe), previous, update)
    if let fault = resolution.lock.fault {
      throw ResolutionError(
        .unlockable, fault.subject, reason: fault.reason ?? "it is chosen twice",
        remedy: "name another one in the recipe, or tell those who keep the repository")
    }
    progress(.finished(.resolve, reused: false))
    return resolution
  }

  private func chosen(
    _ recipe: Recipe, _ previous: Lock?, _ update: UpdateScope
  ) async throws(ResolutionError) -> Resolution {
    let digests: ResolutionDigests
    do throws(RecipeError) { digests = try recipe.resolutionDigests } catch {
      throw ResolutionError(error, recipe.name)
    }
    let old = previous.flatMap { $0.architecture == recipe.architecture ? $0 : nil }
    let pins = { (artifacts: [Artifact]) in artifacts.filter { update.keeps($0.name) } }
    progress(.advanced(.resolve, done: 0, item: "packages"))
    if case .tarball(let file) = recipe.base {
      return Resolution(lock: try await baseLock(file, recipe, digests, previous: old))
    }
    let foreign = try await foreignPackages(recipe)
    let packages = try await aptResolution(recipe, foreign, updated: update.named)
      .resolve(pins: pins(old?.packages ?? []))
    var requested = recipe.packageRequests.map(\.name) + foreign.map(\.artifact.name)
    var artifacts = packages.artifacts
    var date = packages.date
    if let python = recipe.python, !(python.requirements + python.wheels.map(\.string)).isEmpty {
      progress(.advanced(.resolve, done: Int64(artifacts.count), item: "Python packages"))
      let wheels = try await pythonResolution(recipe, python, packages)
        .resolve(pins: pins(old?.wheels ?? []), known: old?.wheels ?? [])
      artifacts += wheels.artifacts
      requested += wheels.requested
      date = max(date, wheels.date)
    }
    let archives = try await archives(of: recipe, packages, pins: pins(old?.archives ?? []))
    artifacts += archives.artifacts
    date = max(date, archives.date)
    if let old, Set(old.artifacts.map(\.sha256)) == Set(artifacts.map(\.sha256)) { date = old.date }
    progress(.advanced(.resolve, done: Int64(artifacts.count), item: ""))
    let lock = Lock(
      recipe: recipe.name, recipeDigest: digests.whole, architecture: recipe.architecture,
      date: date, artifacts: artifacts, requested: Set(requested).sorted(),
      recipeParts: digests.parts)
    // uv does not say why it prefers another version, and the index is asked about no version
    // that is not taken.
    let fromIndex = pins((old?.wheels ?? []) + (old?.archives ?? [])).filter(\.isInIndex)
    let moved = LockDifference.moved(fromIndex, to: artifacts)
    return Resolution(
      lock: lock,
      departures: packages.departures.merging(moved.map { ($0, .goneOrDisplaced) }) { $1 })
  }

  /// The recipe with an absolute folder: the tools work in folders of their own.
  private func located(_ recipe: Recipe) throws(ResolutionError) -> Recipe {
    guard recipe.directory.isRelative else { return recipe }
    var recipe = recipe
    recipe.directory = try resolving("the working folder") { () throws(FileError) in
      FilePath(try Files.readSymlink("/proc/self/cwd")).pushing(recipe.directory)
    }
    return recipe
  }

  /// The base URLs that the recipe itself gives, by source: for `Mirrors.ofHost(extra:)`.
  public static func ownSources(of recipe: Recipe) -> [String: [String]] {
    var own = Dictionary(
      recipe.sources.map { ($0.name, [$0.uri]) }, uniquingKeysWith: { first, _ in first })
    if let index = recipe.python?.index { own[PythonResolution.recipeIndex] = [index] }
    return own
  }

  /// The base URLs of a source; the recipe's own where the machine says nothing.
  private func bases(_ source: String, recipe: Recipe) throws(ResolutionError) -> [String] {
    do throws(MirrorError) {
      return try mirrors.baseURLs(source: source)
    } catch {
      if let own = Self.ownSources(of: recipe)[source] {
        return own.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
      }
      throw ResolutionError(error, "the mirrors of \(source)")
    }
  }

  private func aptResolution(
    _ recipe: Recipe, _ foreign: [ForeignPackage], updated: [String]
  ) throws(ResolutionError) -> AptResolution {
    let distribution = try AptDistribution(recipe.base)
    let key = try distribution.key(in: recipe.directory)
    var suites: [AptSuite] = []
    for (source, suite, isOptional) in distribution.suites {
      suites.append(
        AptSuite(
          source: source, bases: try bases(source, recipe: recipe), suite: suite,
          components: distribution.suite.components, key: key, isOptional: isOptional))
    }
    for source in recipe.sources {
      let key: AptSuite.Key
      switch source.key {
      case .file(let path): key = .file(recipe.directory.pushing(path))
      case .inline(let text): key = .inline(text)
      }
      suites.append(
        AptSuite(
          source: source.name, bases: try bases(source.name, recipe: recipe), suite: source.suite,
          components: source.components, key: key, isOptional: false))
    }
    return AptResolution(
      recipe: recipe, distribution: distribution, suites: suites, foreign: foreign,
      updated: updated, store: store, aptSettings: mirrors.aptSettings,
      environment: toolEnvironment, progress: progress)
  }

  func pythonResolution(
    _ recipe: Recipe, _ python: Recipe.Python, _ packages: AptPackages,
    for purpose: PythonResolution.Purpose = .installation
  ) throws(ResolutionError) -> PythonResolution {
    let source = python.index == nil ? Mirrors.python : PythonResolution.recipeIndex
    var environment = toolEnvironment
    // The host's certificates, under the name that each version of uv has for them.
    environment["UV_SYSTEM_CERTS"] = "1"
    environment["UV_NATIVE_TLS"] = "1"
    return PythonResolution(
      purpose: purpose, python: python, directory: recipe.directory,
      target: try PythonTarget(packages, architecture: recipe.architecture, for: purpose.subject),
      source: source,
      indexes: try bases(source, recipe: recipe),
      extraIndexes: source == Mirrors.python ? mirrors.extraIndexes : [], uv: uv,
      fetcher: try fetcher(recipe), store: store, environment: environment)
  }

  private func foreignPackages(
    _ recipe: Recipe
  ) async throws(ResolutionError) -> [ForeignPackage] {
    var packages: [ForeignPackage] = []
    for deb in recipe.debs {
      switch deb.location {
      case .path(let path):
        packages.append(
          try await ForeignPackage.read(
            recipe.directory.pushing(path), path: path.string, expected: deb.sha256,
            environment: toolEnvironment))
      case .url(let url):
        packages.append(
          try await ForeignPackage.fetch(
            url, sha256: deb.sha256, with: try fetcher(recipe), environment: toolEnvironment))
      }
    }
    return packages
  }

  func fetcher(_ recipe: Recipe) throws(ResolutionError) -> Fetcher {
    do throws(FetchError) {
      return try Fetcher(
        store: store, mirrors: mirrors, recipeDirectory: recipe.directory,
        environment: environment, progress: { _ in })
    } catch {
      throw ResolutionError(error, "the download")
    }
  }

  /// What of the user's environment the tools see.
  private var toolEnvironment: [String: String] {
    let passed: Set = [
      "PATH", "HOME", "TMPDIR", "NETRC", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE",
      "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
    ]
    return environment.filter { passed.contains($0.key) }
  }
}

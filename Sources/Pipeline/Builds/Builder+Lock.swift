internal import Content
internal import Diagnostics
internal import Digests
internal import Locks
internal import Mirrors
internal import Recipes
internal import Resolution
public import SystemPackage

/// What `kiln lock` is asked to do.
public struct LockRequest: Hashable, Sendable {
  public var recipe: FilePath
  public var variables: [String: String]
  /// Whether every version may change.
  public var update: Bool
  /// Packages and projects whose versions may change.
  public var packages: [String]
  /// Whether nothing is resolved and written, and an absent or stale lock is an error.
  public var check: Bool

  public init(
    recipe: FilePath, variables: [String: String], update: Bool, packages: [String], check: Bool
  ) {
    self.recipe = recipe
    self.variables = variables
    self.update = update
    self.packages = packages
    self.check = check
  }
}

extension Builder {
  /// Resolves a recipe and writes its lock where it changes.
  public func lock(_ request: LockRequest) async throws(BuildError) -> LockReport {
    let recipe = try read(
      request.recipe, variables: request.variables, progress: settings.progress)
    let (path, old) = try standingLock(request.recipe)
    let isFresh = try isFresh(old, recipe)
    if request.check {
      guard let old else { throw Self.missing(path) }
      guard isFresh else { throw try stale(old, path, recipe) }
      return LockReport(
        recipe: recipe.name, path: path.string, wasFresh: true, written: false,
        difference: LockDifference(from: old, to: old))
    }
    let scope: UpdateScope =
      request.update ? .all : request.packages.isEmpty ? .keep : .packages(request.packages)
    try requireNetwork(for: recipe, request.recipe)
    let resolution = try await resolve(recipe, old, scope, settings.progress)
    let new = resolution.lock
    if new != old { try write(new, to: path) }
    return LockReport(
      recipe: recipe.name, path: path.string, wasFresh: isFresh, written: new != old,
      difference: LockDifference(from: old, to: new, departures: resolution.departures))
  }

  /// Refuses names of packages to update that no lock of the recipes has.
  public func requireLocked(
    _ packages: [String], byAnyOf recipes: [FilePath]
  ) throws(BuildError) {
    guard !packages.isEmpty else { return }
    var known: Set<String> = []
    for path in recipes {
      known.formUnion(try standingLock(path).lock?.artifacts.map(\.name) ?? [])
    }
    guard let unknown = packages.first(where: { !known.contains($0) }) else { return }
    throw BuildError(
      .notLocked, recipes.first?.string ?? "",
      "no lock of these recipes has a package or project \(unknown)",
      remedy: nearest(to: unknown, among: known).map { "did you mean \($0)?" }
        ?? "name one that the lock lists; Python projects are written like `typing-extensions`")
  }

  /// The standing lock; nil where it is absent or stale, which with `locked` is an error.
  func freshLock(
    _ recipePath: FilePath, _ recipe: Recipe, locked: Bool
  ) throws(BuildError) -> Lock? {
    let (path, old) = try standingLock(recipePath)
    if try isFresh(old, recipe) { return old }
    if locked {
      if let old { throw try stale(old, path, recipe) }
      throw Self.missing(path)
    }
    return nil
  }

  /// Resolves again, keeping the versions that are still to be had, and writes the lock.
  func renewLock(
    _ recipePath: FilePath, _ recipe: Recipe, _ mirrors: Mirrors,
    _ progress: @escaping ProgressSink
  ) async throws(BuildError) -> (Lock, LockDifference) {
    try requireNetwork(for: recipe, recipePath)
    let (path, old) = try standingLock(recipePath)
    let new = try await staged(recipe.name) { () async throws(ResolutionError) in
      try await resolver(mirrors, progress).resolution(of: recipe, previous: old, update: .keep)
    }
    try write(new.lock, to: path)
    return (new.lock, LockDifference(from: old, to: new.lock, departures: new.departures))
  }

  /// A tarball and archives of the recipe's own folder are all that resolves without asking anyone.
  func requireNetwork(for recipe: Recipe, _ path: FilePath) throws(BuildError) {
    guard settings.offline else { return }
    if case .tarball(let base) = recipe.base,
      ([base] + recipe.archiveFiles).allSatisfy({
        if case .path = $0.location { true } else { false }
      })
    {
      return
    }
    throw BuildError(
      .lockNeedsNetwork, path.string, "kiln is offline, and the recipe has no fresh lock",
      reason: "resolving asks the archives for what they have",
      remedy: "run `kiln lock` on the recipe once without --offline")
  }

  func resolve(
    _ recipe: Recipe, _ old: Lock?, _ scope: UpdateScope, _ progress: @escaping ProgressSink
  ) async throws(BuildError) -> Resolution {
    let resolver = resolver(try await mirrors(for: recipe), progress)
    return try await staged(recipe.name) { () async throws(ResolutionError) in
      try await resolver.resolution(of: recipe, previous: old, update: scope)
    }
  }

  /// `cuda-wsl.yaml` has `cuda-wsl.lock.json` beside it.
  static func lockPath(_ recipe: FilePath) -> FilePath {
    recipe.removingLastComponent().appending("\(recipe.stem ?? "").lock.json")
  }

  /// The lock beside the recipe.
  func standingLock(_ recipe: FilePath) throws(BuildError) -> (path: FilePath, lock: Lock?) {
    let path = Self.lockPath(recipe)
    return (path, try read(lock: path))
  }

  func read(lock path: FilePath) throws(BuildError) -> Lock? {
    do throws(LockError) { return try Lock.read(path) } catch {
      throw BuildError(error, in: path.string)
    }
  }

  func isFresh(_ lock: Lock?, _ recipe: Recipe) throws(BuildError) -> Bool {
    guard let lock, lock.architecture == recipe.architecture else { return false }
    return lock.isFresh(for: try digests(recipe).whole)
  }

  private func digests(_ recipe: Recipe) throws(BuildError) -> ResolutionDigests {
    do throws(RecipeError) { return try recipe.resolutionDigests } catch {
      throw BuildError(error, in: recipe.name)
    }
  }

  private func write(_ lock: Lock, to path: FilePath) throws(BuildError) {
    do throws(LockError) { try lock.write(path) } catch { throw BuildError(error, in: path.string) }
  }

  static func missing(_ path: FilePath) -> BuildError {
    BuildError(
      .lockMissing, path.string, "the recipe has no lock",
      remedy: "run `kiln lock` on the recipe, and commit what it writes")
  }

  private func stale(
    _ lock: Lock, _ path: FilePath, _ recipe: Recipe
  ) throws(BuildError) -> BuildError {
    BuildError(
      .lockStale, path.string, "the lock is out of date: the recipe has changed",
      reason: LockStaleness(of: lock, recipe, try digests(recipe)).description,
      remedy: "run `kiln lock` on the recipe, look at what changes, and commit it")
  }
}

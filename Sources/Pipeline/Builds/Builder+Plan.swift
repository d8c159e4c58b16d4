internal import Content
internal import Digests
internal import Fetching
internal import FileSystem
internal import Locks
internal import Recipes
internal import Resolution
internal import Rootfs
internal import Store
public import SystemPackage

extension Builder {
  /// What a build of a recipe would do; resolves where the lock is absent or stale, and writes
  /// nothing.
  public func plan(
    recipe path: FilePath, variables: [String: String]
  ) async throws(BuildError) -> BuildPlan {
    let recipe = try read(path, variables: variables, progress: settings.progress)
    let (_, old) = try standingLock(path)
    let fresh = try isFresh(old, recipe) ? old : nil
    let lock = try await plannedLock(path, recipe)
    let planner = try rootfsBuilder(recipe, lock) { _ in }
    let held = held(lock)
    let missing = lock.artifacts.filter { held[$0.sha256] == nil }
    let rootfs = try await staged(recipe.name) { () async throws(RootfsError) in
      try await planner.plan(recipe, lock: lock, artifacts: held)
    }
    let free: Int64
    do throws(FileError) { free = try Files.freeSpace(at: store.root) } catch {
      throw BuildError(error, in: store.root.string)
    }
    let sum = { (artifacts: [Artifact]) in artifacts.reduce(0) { $0 + $1.size } }
    return BuildPlan(
      recipe: recipe.name, lock: fresh != nil ? "fresh" : old != nil ? "stale" : "absent",
      packages: lock.packages.count, wheels: lock.wheels.count, archives: lock.archives.count,
      toFetch: missing,
      toUnpack: rootfs.toUnpack, madeFrom: rootfs.firstMade,
      spaceNeeded: sum(missing) + planner.spaceNeeded(for: lock, held) + 2 * sum(lock.artifacts),
      spaceFree: free)
  }

  /// The lock that a build would use, without writing one.
  func plannedLock(_ path: FilePath, _ recipe: Recipe) async throws(BuildError) -> Lock {
    let (_, old) = try standingLock(path)
    if let old, try isFresh(old, recipe) { return old }
    try requireNetwork(for: recipe, path)
    return try await resolve(recipe, old, .keep, settings.progress).lock
  }

  /// What the store has of a lock's artifacts.
  func held(_ lock: Lock) -> [SHA256Digest: FilePath] {
    var held: [SHA256Digest: FilePath] = [:]
    for artifact in lock.artifacts { held[artifact.sha256] = store.artifact(artifact.sha256) }
    return held
  }
}

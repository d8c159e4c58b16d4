internal import Content
internal import Digests
internal import FileSystem
internal import Locks
internal import Mirrors
internal import Recipes
internal import Rootfs
internal import Store
internal import SystemPackage

extension Builder {
  /// Builds the images of several recipes, in their order.
  ///
  /// While one is built, what the next one's lock names is fetched and unpacked.
  ///
  /// - Parameter keepsGoing: whether those behind one that fails are built too.
  /// - Returns: what came of each recipe that was tried.
  public func build(
    _ requests: [BuildRequest], keepsGoing: Bool = false
  ) async -> [Result<BuildSummary, BuildError>] {
    var outcomes: [Result<BuildSummary, BuildError>] = []
    var downloaded: Int64 = 0
    for (index, request) in requests.enumerated() {
      let clock = StageClock { _ in }
      // Ends with the build beside which it runs: the next one goes on with what is there.
      async let _ = bringAhead(requests.dropFirst(index + 1).first, beside: request, clock)
      do throws(BuildError) {
        var summary = try await build(request)
        summary.downloaded += downloaded
        outcomes.append(.success(summary))
      } catch {
        outcomes.append(.failure(error))
        if !keepsGoing || Task.isCancelled { break }
      }
      downloaded = clock.downloaded
    }
    return outcomes
  }

  /// Failures are not reported: the build of the recipe meets them again.
  func bringAhead(
    _ request: BuildRequest?, beside current: BuildRequest, _ clock: StageClock
  ) async {
    guard let request, let (recipe, lock) = settled(request), let other = settled(current),
      hasRoom(for: [(recipe, lock), other])
    else { return }
    var mirrors = Mirrors([:])
    if !holds(lock) {
      guard let found = try? await self.mirrors(for: recipe) else { return }
      mirrors = found
    }
    let arrivals = Arrivals()
    async let unpacking: Void = unpack(arrivals, workers: 1)
    _ = try? await fetch(
      lock, from: recipe.directory, mirrors, clock.send, arrived: arrivals.add)
    arrivals.close(dropping: Task.isCancelled)
    await unpacking
  }

  /// What is built without asking anyone; nil where the lock has to be made first.
  private func settled(_ request: BuildRequest) -> (Recipe, Lock)? {
    guard let recipe = try? Self.recipe(request.recipe, variables: request.variables),
      let lock = try? freshLock(request.recipe, recipe, locked: false)
    else { return nil }
    return (recipe, lock)
  }

  /// Unpacks what arrives until the arrivals are closed.
  func unpack(_ arrivals: Arrivals, workers: Int) async {
    await withTaskGroup { group in
      for _ in 0..<workers {
        group.addTask {
          while let (artifact, file) = await arrivals.next() {
            if Task.isCancelled { return }
            await RootfsBuilder.unpackAhead(artifact, file, in: store)
          }
        }
      }
    }
  }

  /// Whether everything that the builds need has its place, so that working ahead takes none from a
  /// download or from a build that comes first.
  func hasRoom(for builds: [(Recipe, Lock)]) -> Bool {
    var needed: Int64 = 0
    for (recipe, lock) in builds {
      guard let builder = try? rootfsBuilder(recipe, lock, settings.progress) else { return false }
      needed += builder.spaceNeeded(for: lock, held(lock))
      for artifact in lock.artifacts {
        needed += store.artifact(artifact.sha256) == nil ? artifact.size * 3 : artifact.size * 2
      }
    }
    return (try? Files.freeSpace(at: store.root)).map { $0 > needed } ?? false
  }
}

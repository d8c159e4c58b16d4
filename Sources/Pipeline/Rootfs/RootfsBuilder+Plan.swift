public import Digests
public import Locks
import Packages
public import Recipes
import Store
public import SystemPackage
import Wheels

/// What a build would find in the store, and the first thing that it would have to make.
public struct RootfsPlan: Hashable, Sendable {
  /// The first layer to make; it and all that follow are made anew. nil where nothing is to do.
  public let firstMade: String?
  /// Packages and wheels that are not unpacked yet.
  public let toUnpack: Int
}

extension RootfsBuilder {
  /// Looks for each layer of a recipe, and makes none.
  ///
  /// - Parameter artifacts: what is fetched; where a wheel is missing, nothing above the packages can
  ///   be known.
  public func plan(
    _ recipe: Recipe, lock: Lock, artifacts: [SHA256Digest: FilePath]
  ) async throws(RootfsError) -> RootfsPlan {
    try await plan(recipe, lock, artifacts, Planning())
  }

  func plan(
    _ recipe: Recipe, _ lock: Lock, _ artifacts: [SHA256Digest: FilePath], _ planning: Planning
  ) async throws(RootfsError) -> RootfsPlan {
    let packages = lock.packages.count { !PackageUnpacker.isUnpacked($0, in: store) }
    let wheels = lock.wheels.filter { !WheelUnpacker.isUnpacked($0, in: store) }
    guard packages == 0, isBaseMade(lock) else {
      let first = lock.packages.isEmpty ? "base" : "packages"
      return RootfsPlan(firstMade: first, toUnpack: packages + wheels.count)
    }
    var planner = self
    planner.planning = planning
    var known = artifacts.filter { digest, _ in !wheels.contains { $0.sha256 == digest } }
    // Of what is unpacked the file itself is not looked at, and may be collected.
    for artifact in lock.artifacts where artifact.kind == .package || artifact.kind == .base {
      known[artifact.sha256] = known[artifact.sha256] ?? store.root
    }
    do throws(RootfsError) {
      _ = try await planner.build(recipe, lock: lock, artifacts: known)
      return RootfsPlan(firstMade: nil, toUnpack: wheels.count)
    } catch {
      switch error.code {
      case .notMade: return RootfsPlan(firstMade: error.subject, toUnpack: wheels.count)
      case .artifactMissing: return RootfsPlan(firstMade: "wheels", toUnpack: wheels.count)
      default: throw error
      }
    }
  }

  /// Whether the store has the lowest layer.
  func isBaseMade(_ lock: Lock) -> Bool {
    guard lock.packages.isEmpty else {
      return PristineRoot.isMade(of: lock.packages, options: pristineOptions(lock), in: store)
    }
    let base = lock.artifacts.first { $0.kind == .base }
    return base.map { store.result(.layer, key: Self.baseKey($0)) != nil } ?? false
  }
}

public import Digests
public import Locks
import Packages
public import Recipes
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
  /// - Parameter artifacts: what is fetched; where something is missing, nothing above the packages
  ///   can be known.
  public func plan(
    _ recipe: Recipe, lock: Lock, artifacts: [SHA256Digest: FilePath]
  ) async throws(RootfsError) -> RootfsPlan {
    let packages = lock.packages.count { !PackageUnpacker.isUnpacked($0, in: store) }
    let wheels = lock.wheels.filter { !WheelUnpacker.isUnpacked($0, in: store) }
    guard packages == 0 else {
      return RootfsPlan(firstMade: "packages", toUnpack: packages + wheels.count)
    }
    var planner = self
    planner.isPlanned = true
    let known = artifacts.filter { digest, _ in !wheels.contains { $0.sha256 == digest } }
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
}

public import Store
public import SystemPackage

/// What `kiln store` does with the cache.
public struct StoreKeeper: Sendable {
  private let store: Store

  public init(store root: FilePath) throws(BuildError) {
    do throws(StoreError) { store = try Store(root: root) } catch {
      throw BuildError(error, in: root.string)
    }
  }

  /// What the cache holds, by kind.
  public struct Stats: Hashable, Codable, Sendable {
    public let path: String
    public let holdings: [Store.Holding]
  }

  public func stats() throws(BuildError) -> Stats {
    do throws(StoreError) {
      return Stats(path: store.root.string, holdings: try store.stats())
    } catch {
      throw BuildError(error, in: store.root.string)
    }
  }

  /// What does not match its digest, or is not whole.
  public struct Health: Hashable, Codable, Sendable {
    public struct Item: Hashable, Codable, Sendable {
      public let path: String
      public let reason: String
      public let removed: Bool
    }

    public let damaged: [Item]
  }

  public func verify(repair: Bool, jobs: Int) async throws(BuildError) -> Health {
    do throws(StoreError) {
      let damages = try await store.verify(repair: repair, jobs: jobs)
      return Health(
        damaged: damages.map {
          Health.Item(path: $0.path.string, reason: "\($0.reason)", removed: $0.isRemoved)
        })
    } catch {
      throw BuildError(error, in: store.root.string)
    }
  }

  /// - Parameters:
  ///   - age: seconds without use.
  ///   - bytes: what may be left.
  public func collect(
    olderThan age: Int64?, downTo bytes: Int64?
  ) throws(BuildError) -> Store.Collected {
    do throws(StoreError) { return try store.gc(olderThan: age, downTo: bytes) } catch {
      throw BuildError(error, in: store.root.string)
    }
  }
}

internal import FileSystem
internal import Rootfs
public import Store
public import SystemPackage

/// What `kiln store` does with the cache.
public struct StoreKeeper: Sendable {
  private let root: FilePath
  /// nil where there is none: whoever looks at a cache makes no folder of a misspelt name.
  private let store: Store?

  public init(store root: FilePath) throws(BuildError) {
    self.root = root
    guard !Self.isAbsent(root) else {
      store = nil
      return
    }
    do throws(StoreError) { store = try Store(root: root) } catch {
      throw BuildError(error, in: root.string)
    }
  }

  /// Whether there is a cache at all.
  public var isThere: Bool { store != nil }

  /// Whether nothing stands at a path and nothing is in its way; what cannot be looked at is for the
  /// opening to complain of.
  private static func isAbsent(_ path: FilePath) -> Bool {
    guard (try? .some(Files.status(path))) == .some(nil) else { return false }
    var place = path
    while place.removeLastComponent(), !Files.exists(place) {}
    return (try? Files.targetStatus(place)?.kind) == .directory
  }

  /// What the cache holds, by kind.
  public struct Stats: Hashable, Codable, Sendable {
    public let path: String
    public let holdings: [Store.Holding]
  }

  public func stats() throws(BuildError) -> Stats {
    do throws(StoreError) {
      return Stats(path: root.string, holdings: try store?.stats() ?? [])
    } catch {
      throw BuildError(error, in: root.string)
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
      let damages =
        try await store?.verify(
          repair: repair, jobs: jobs, departure: StoredContent.departure) ?? []
      return Health(
        damaged: damages.map {
          Health.Item(path: $0.path.string, reason: $0.reason.text, removed: $0.isRemoved)
        })
    } catch {
      throw BuildError(error, in: root.string)
    }
  }

  /// - Parameters:
  ///   - age: seconds without use.
  ///   - bytes: what may be left.
  public func collect(
    olderThan age: Int64?, downTo bytes: Int64?
  ) throws(BuildError) -> Store.Collected {
    do throws(StoreError) {
      return try store?.gc(olderThan: age, downTo: bytes) ?? Store.Collected()
    } catch {
      throw BuildError(error, in: root.string)
    }
  }
}

internal import FileSystem
internal import SystemPackage

extension Store {
  /// What the store holds of one kind.
  public struct Holding: Hashable, Codable, Sendable {
    /// `artifact`, `partial`, a ``ResultKind``, `apt`, `uv` or `work`.
    public let kind: String
    public let count: Int
    public let bytes: Int64
  }

  /// Counts and bytes by kind, every kind once, in a fixed order.
  public func stats() throws(StoreError) -> [Holding] {
    do throws(FileError) {
      var found: [String: (count: Int, bytes: Int64)] = [:]
      for object in try objects() {
        let before = found[object.kind.name] ?? (0, 0)
        found[object.kind.name] = (before.count + 1, before.bytes + (try Files.size(object.path)))
      }
      for name in try Files.entries(root.appending("work")) {
        let before = found["work"] ?? (0, 0)
        found["work"] = (
          before.count + 1, before.bytes + (try Files.size(root.appending("work/\(name)")))
        )
      }
      let kinds = StoreObject.Kind.all.map(\.name) + ["work"]
      return kinds.map {
        Holding(kind: $0, count: found[$0]?.count ?? 0, bytes: found[$0]?.bytes ?? 0)
      }
    } catch {
      throw StoreError(error)
    }
  }
}

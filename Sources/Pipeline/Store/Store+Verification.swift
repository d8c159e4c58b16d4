internal import Concurrency
internal import Content
public import Digests
internal import FileSystem
public import SystemPackage

extension Store {
  /// Something in the store that is not what it should be.
  public struct Damage: Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
      /// An artifact, or a file that has its digest beside it, with other bytes.
      case digest(actual: SHA256Digest)
      /// A result without what its kind must have.
      case incomplete
      /// A result with a part, named by its path, that is not as it was made.
      case changed(part: String)
      /// A name that the store does not give.
      case stray
      case unreadable

      public var text: String {
        switch self {
        case .digest(let actual): "its SHA-256 is \(actual.hex)"
        case .incomplete: "a part of it is missing"
        case .changed(let part): "\(part) is not what it was made as"
        case .stray: "nothing in the store has such a name"
        case .unreadable: "it cannot be read"
        }
      }
    }

    public let path: FilePath
    public let reason: Reason
    public let isRemoved: Bool
  }

  /// Hashes every artifact again and looks whether every result is there, as it was made.
  ///
  /// - Parameters:
  ///   - repair: removes what is damaged, so that it is fetched or made again.
  ///   - jobs: how many files are read at once.
  ///   - departure: the path of the first part of a result that is not as it was made, for those who
  ///     know what a kind holds.
  public func verify(
    repair: Bool, jobs: Int,
    departure: @escaping @Sendable (ResultKind, FilePath) -> String? = { _, _ in nil }
  ) async throws(StoreError) -> [Damage] {
    let objects: [StoreObject]
    do throws(FileError) { objects = try self.objects() } catch { throw StoreError(error) }
    let found = try await objects.mapConcurrently(limit: jobs) {
      (object) async throws(StoreError) -> Damage? in
      if Task.isCancelled { throw StoreError(.interrupted, root) }
      // Somebody may have collected it meanwhile: then it is no damage, and nothing to remove.
      guard let reason = damage(object, departure), Files.exists(object.path) else { return nil }
      if repair, try !remove(object) { return nil }
      return Damage(path: object.path, reason: reason, isRemoved: repair)
    }
    return found.compactMap(\.self)
  }

  private func damage(
    _ object: StoreObject, _ departure: (ResultKind, FilePath) -> String?
  ) -> Damage.Reason? {
    if object.kind == .uv { return nil }
    guard let key = object.key else { return .stray }
    switch object.kind {
    // What is unfinished, and what their tools check themselves.
    case .partial, .apt, .uv: return nil
    case .artifact:
      guard let digest = try? FileDigest(of: object.path).sha256 else { return .unreadable }
      return digest == key ? nil : .digest(actual: digest)
    case .result(let kind):
      guard let names = try? Files.entries(object.path) else { return .unreadable }
      // Results appear whole; what is missing was removed by hand or by a broken file system.
      guard !names.isEmpty, kind.parts.isSubset(of: names) else { return .incomplete }
      return sealedDamage(object.path, names)
        ?? departure(kind, object.path).map { .changed(part: $0) }
    }
  }

  /// What is wrong with the files that have their digest beside them.
  private func sealedDamage(_ folder: FilePath, _ names: [String]) -> Damage.Reason? {
    for name in names where names.contains(name + SealedFile.ending) {
      guard let actual = try? FileDigest(of: folder.appending(name)).sha256,
        let expected = try? Files.readText(folder.appending(name + SealedFile.ending))
      else { return .unreadable }
      if actual.hex != expected.prefix(64) { return .digest(actual: actual) }
    }
    return nil
  }

  /// - Returns: whether it was there.
  private func remove(_ object: StoreObject) throws(StoreError) -> Bool {
    let grave = session.scratch()
    do throws(FileError) {
      try bury(object, in: grave)
      try Files.removeTree(grave)
    } catch {
      if error.code == .notFound, !Files.exists(object.path) { return false }
      throw StoreError(error)
    }
    return true
  }

  /// Takes an object out of the store, while nobody looks anything up.
  private func bury(_ object: StoreObject, in grave: FilePath) throws(FileError) {
    let gate = try FileLock.take(removalGate, .exclusive)
    defer { withExtendedLifetime(gate) {} }
    try Files.rename(object.path, to: grave)
  }
}

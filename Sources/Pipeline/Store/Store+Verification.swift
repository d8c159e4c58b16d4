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
      /// A name that the store does not give.
      case stray
      case unreadable
    }

    public let path: FilePath
    public let reason: Reason
    public let isRemoved: Bool
  }

  /// Hashes every artifact again and looks whether every result is there.
  ///
  /// - Parameters:
  ///   - repair: removes what is damaged, so that it is fetched or made again.
  ///   - jobs: how many files are read at once.
  public func verify(repair: Bool, jobs: Int) async throws(StoreError) -> [Damage] {
    let objects: [StoreObject]
    do throws(FileError) { objects = try self.objects() } catch { throw StoreError(error) }
    let found = try await objects.mapConcurrently(limit: jobs) {
      (object) async throws(StoreError) -> Damage? in
      if Task.isCancelled { throw StoreError(.interrupted, root) }
      guard let reason = damage(object) else { return nil }
      if repair { try remove(object) }
      return Damage(path: object.path, reason: reason, isRemoved: repair)
    }
    return found.compactMap(\.self)
  }

  private func damage(_ object: StoreObject) -> Damage.Reason? {
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
    }
  }

  /// What is wrong with the files that have their digest beside them.
  private func sealedDamage(_ folder: FilePath, _ names: [String]) -> Damage.Reason? {
    for name in names where names.contains(name + ".sha256") {
      guard let actual = try? FileDigest(of: folder.appending(name)).sha256,
        let expected = try? Files.readText(folder.appending(name + ".sha256"))
      else { return .unreadable }
      if actual.hex != expected.prefix(64) { return .digest(actual: actual) }
    }
    return nil
  }

  private func remove(_ object: StoreObject) throws(StoreError) {
    do throws(FileError) {
      let grave = session.scratch()
      try bury(object, in: grave)
      try Files.removeTree(grave)
    } catch {
      throw StoreError(error)
    }
  }

  /// Takes an object out of the store, while nobody looks anything up.
  func bury(_ object: StoreObject, in grave: FilePath) throws(FileError) {
    let gate = try FileLock.take(removalGate, .exclusive)
    defer { withExtendedLifetime(gate) {} }
    try Files.rename(object.path, to: grave)
  }
}

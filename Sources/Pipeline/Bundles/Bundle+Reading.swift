internal import Archives
internal import Digests
internal import FileSystem
public import Store
public import SystemPackage

extension Bundle.Item {
  var title: String { version.isEmpty ? name : "\(name) \(version)" }
}

extension Bundle {
  /// What an import did.
  public struct Imported: Hashable, Codable, Sendable {
    public let path: String
    /// Artifacts that the store did not have.
    public let added: Int
    public let addedBytes: Int64
    public let artifacts: Int
  }

  /// Takes the artifacts of a bundle into the store.
  ///
  /// The file is read twice: nothing comes into the store before all of it has proved whole.
  public static func `import`(
    _ path: FilePath, into store: Store
  ) async throws(BundleError) -> Imported {
    let index = try check(path)
    let missing = index.artifacts.filter { store.artifact($0.sha256) == nil }
    try requireSpace(missing.reduce(0) { $0 + $1.size }, in: store)
    var items = Dictionary(uniqueKeysWithValues: missing.map { (folder + $0.sha256.hex, $0) })
    if !items.isEmpty {
      var archive = try open(path)
      while let entry = try next(&archive, path) {
        guard let item = items.removeValue(forKey: entry.path) else { continue }
        try await admit(item, from: &archive, of: path, into: store)
      }
    }
    return Imported(
      path: path.string, added: missing.count, addedBytes: missing.reduce(0) { $0 + $1.size },
      artifacts: index.artifacts.count)
  }

  /// Reads all of a bundle, holds every artifact against the index, and changes nothing.
  public static func check(_ path: FilePath) throws(BundleError) -> Bundle {
    var archive = try open(path)
    let first: ArchiveEntry?
    do throws(ArchiveError) { first = try archive.next() } catch {
      // Whatever is no archive at all is no bundle either.
      throw BundleError(.notABundle, path, cause: .archive(error))
    }
    guard first?.path == indexName else { throw BundleError(.notABundle, path) }
    let bytes: [UInt8]
    do throws(ArchiveError) { bytes = try archive.readAll(limit: longestIndex) } catch {
      throw BundleError(.damaged, path, cause: .archive(error))
    }
    guard let index = decode(bytes) else { throw BundleError(.badIndex, path) }
    var items = Dictionary(
      uniqueKeysWithValues: index.artifacts.map { (folder + $0.sha256.hex, $0) })
    while let entry = try next(&archive, path) {
      if Task.isCancelled { throw BundleError(.interrupted, path) }
      guard let item = items.removeValue(forKey: entry.path) else {
        throw BundleError(.damaged, path, subject: entry.path)
      }
      var hasher = Hasher256()
      var size: Int64 = 0
      try archive.forEachChunk(failure: { BundleError(.damaged, path, cause: .archive($0)) }) {
        (chunk) throws(BundleError) in
        size += Int64(chunk.byteCount)
        guard size <= item.size else { throw BundleError(.damaged, path, subject: item.title) }
        hasher.update(chunk)
      }
      guard size == item.size, hasher.finish() == item.sha256 else {
        throw BundleError(.damaged, path, subject: item.title)
      }
    }
    do throws(ArchiveError) { try archive.finish() } catch {
      throw BundleError(.damaged, path, cause: .archive(error))
    }
    guard items.isEmpty else {
      throw BundleError(.incomplete, path, subject: "\(items.count) of \(index.artifacts.count)")
    }
    return index
  }

  private static func open(_ path: FilePath) throws(BundleError) -> ArchiveReader {
    do throws(ArchiveError) {
      return try ArchiveReader.open(path, formats: .tar, filters: .all, warnings: .areErrors)
    } catch {
      throw BundleError(
        error.code == .cannotOpen ? .file : .notABundle, path, cause: .archive(error))
    }
  }

  private static func next(
    _ archive: inout ArchiveReader, _ path: FilePath
  ) throws(BundleError) -> ArchiveEntry? {
    do throws(ArchiveError) { return try archive.next() } catch {
      throw BundleError(.damaged, path, cause: .archive(error))
    }
  }

  private static func admit(
    _ item: Item, from archive: inout ArchiveReader, of path: FilePath, into store: Store
  ) async throws(BundleError) {
    let failure = { (error: StoreError) in BundleError(.store, path, cause: .store(error)) }
    _ = try await store.admit(item.sha256, size: item.size, failure: failure) {
      (admission) throws(BundleError) in
      // What a download left is of no use where all of the file comes at once.
      do throws(StoreError) { try admission.begin(at: 0) } catch { throw failure(error) }
      try archive.forEachChunk(failure: { BundleError(.damaged, path, cause: .archive($0)) }) {
        (chunk) throws(BundleError) in
        do throws(StoreError) { try admission.append(chunk) } catch { throw failure(error) }
      }
    }
  }

  private static func requireSpace(_ needed: Int64, in store: Store) throws(BundleError) {
    let free: Int64?
    do throws(FileError) { free = try Files.shortage(of: needed, at: store.root) } catch {
      throw BundleError(.file, store.root, cause: .file(error))
    }
    guard let free else { return }
    throw BundleError(.noSpace, store.root, cause: .space(needed: needed, free: free))
  }
}

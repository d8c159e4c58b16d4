import Content
import Digests
import FileSystem
import Locks
import Packages
import Store
import SystemPackage

/// A set of packages that was configured once, and the layer that came of it: the file `set` of a
/// result of the store. A set with a few packages more can start from that layer.
struct ConfiguredSet {
  /// Names all that a configuration depends on besides its packages.
  let context: SHA256Digest
  /// Of the layer.
  let key: SHA256Digest
  /// Digests of the packages' files.
  let packages: Set<SHA256Digest>

  private static let fileName = "set"

  init(context: SHA256Digest, key: SHA256Digest, packages: [UnpackedPackage]) {
    self.context = context
    self.key = key
    self.packages = Set(packages.map(\.artifact.sha256))
  }

  private init?(reading folder: FilePath) {
    // With a line less a package would pass for one that is not configured.
    guard let bytes = try? SealedFile.read(folder.appending(Self.fileName)) else { return nil }
    let digests = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .compactMap { SHA256Digest(hex: $0) }
    guard digests.count > 2 else { return nil }
    (context, key, packages) = (digests[0], digests[1], Set(digests.dropFirst(2)))
  }

  func keep(in store: Store) async throws(RootfsError) {
    let lines = [context, key] + packages.sorted()
    _ = try await store.result(.configured, key: key, failure: { RootfsError($0) }) {
      (folder) throws(RootfsError) in
      do throws(FileError) {
        try SealedFile.write(
          Array(lines.map { $0.hex + "\n" }.joined().utf8), to: folder.appending(Self.fileName))
      } catch { throw RootfsError(error) }
    }
  }

  /// The sets that this one has all packages of, and more, whose layers are there; the largest
  /// first.
  func smaller(in store: Store) throws(RootfsError) -> [ConfiguredSet] {
    do throws(FileError) {
      return try store.results(.configured).compactMap { ConfiguredSet(reading: $0) }.filter {
        $0.context == context && $0.packages.isStrictSubset(of: packages)
          && store.result(.layer, key: $0.key) != nil
      }.sorted { ($1.packages.count, $0.key) < ($0.packages.count, $1.key) }
    } catch { throw RootfsError(error) }
  }
}

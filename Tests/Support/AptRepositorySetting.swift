internal import FileSystem
public import SystemPackage

extension AptRepository {
  /// Runs `body` with an empty repository in a new folder that is removed afterwards.
  ///
  /// Beside the repository's root (`<folder>/archive`) the folder is free for the test's own use.
  public static func withTemporary<Value>(
    _ body: (_ repository: AptRepository, _ folder: FilePath) async throws -> Value
  ) async throws -> Value {
    // gpg's socket paths have to stay below 108 bytes, so not below a deep TMPDIR.
    let folder = FilePath("/tmp/kiln-apt-\(UInt64.random(in: .min ... .max))")
    defer { try? Files.removeTree(folder) }
    let key = try await AptRepositoryKey.make(home: folder.appending("gpg"))
    let root = folder.appending("archive")
    try Files.makeDirectories(root)
    return try await body(AptRepository(root: root, key: key), folder)
  }

  /// Whether the tools that make a repository are here.
  public static var isAvailable: Bool {
    ["gpg", "gpgconf", "dpkg-deb"].allSatisfy { Files.exists(FilePath("/usr/bin/\($0)")) }
  }
}

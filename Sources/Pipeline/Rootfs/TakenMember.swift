import Content
import Digests
import FileSystem
import Locks
import Recipes
import Store
import SystemPackage

/// A file that was taken out of an archive.
struct TakenMember {
  /// In the store.
  let file: FilePath
  /// 0755 where the archive has it executable, else 0644.
  let mode: UInt16
  /// The archive.
  let origin: Origin
}

extension RootfsBuilder {
  /// Changes when the same archive would give another file.
  private static let memberVersion = 1

  /// What the recipe's files take out of archives, by their place in `files`. While planning,
  /// those that are not taken out yet are left out.
  func takeMembers(
    _ recipe: Recipe, _ lock: Lock, _ artifacts: [SHA256Digest: FilePath]
  ) async throws(RootfsError) -> [Int: TakenMember] {
    var members: [Int: TakenMember] = [:]
    for (index, entry) in recipe.files.enumerated() {
      guard case .member(let path, of: let archive) = entry.source else { continue }
      guard let artifact = lock.archives.first(where: archive.isLocked) else {
        throw RootfsError(.artifactMissing, path, place: recipe.places["files[\(index)]"])
      }
      let key = SHA256Digest(ofText: "member \(Self.memberVersion) \(artifact.sha256.hex) \(path)")
      if planning != nil, store.result(.member, key: key) == nil { continue }
      let member = ArchiveMember(
        path: path, archive: artifact.fileName,
        place: recipe.places["files[\(index)].member"])
      let result = try await store.result(.member, key: key, failure: { RootfsError($0) }) {
        (folder) throws(RootfsError) in
        let taken = folder.appending("file")
        try member.take(from: try file(artifact, artifacts), to: taken)
        do throws(FileError) { try SealedFile.seal(taken) } catch { throw RootfsError(error) }
      }
      let taken = result.path.appending("file")
      do throws(FileError) {
        let isExecutable = (try Files.status(taken)?.permissions ?? 0) & 0o111 != 0
        members[index] = TakenMember(
          file: taken, mode: isExecutable ? 0o755 : 0o644,
          origin: Origin(.archive, name: artifact.name, version: artifact.version))
      } catch { throw RootfsError(error) }
    }
    return members
  }
}

extension Recipe.Archive {
  /// Whether an artifact is what the lock has for the archive.
  fileprivate func isLocked(_ artifact: Artifact) -> Bool {
    switch self {
    case .wheel(let requirement):
      artifact.isInIndex && artifact.name == ProjectName.ofRequirement(requirement)
    case .file(let file):
      switch file.location {
      case .path(let path): !artifact.isInIndex && artifact.path == path.string
      case .url(let url): !artifact.isInIndex && artifact.path == url
      }
    }
  }
}

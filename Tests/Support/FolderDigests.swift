internal import Content
public import Digests
internal import FileSystem
public import SystemPackage

/// The digests of the files in a folder, by their names; empty where there is no folder.
public func fileDigests(in folder: FilePath) throws -> [String: SHA256Digest] {
  guard Files.exists(folder) else { return [:] }
  return Dictionary(
    uniqueKeysWithValues: try Files.entries(folder).map {
      ($0, try FileDigest(of: folder.appending($0)).sha256)
    })
}

import Content
public import Digests
import FileSystem
public import Locks
import Packages
import Store
public import SystemPackage
import Wheels

extension RootfsBuilder {
  /// Bytes that the root needs in the store beside what is there, about: packages and wheels that
  /// are not unpacked yet, and the layers over them.
  ///
  /// Links into the store cost nothing, so what is unpacked counts no more.
  ///
  /// - Parameter artifacts: what is fetched; a wheel says itself how large its files are.
  public func spaceNeeded(for lock: Lock, _ artifacts: [SHA256Digest: FilePath]) -> Int64 {
    var needed: Int64 = 0
    // Whole blocks, control files and listings: 225 MiB for the 206 MB that the index says.
    for package in lock.packages where !PackageUnpacker.isUnpacked(package, in: store) {
      needed += Self.unpackedSize(package) / 8 * 9
    }
    for wheel in lock.wheels where !WheelUnpacker.isUnpacked(wheel, in: store) {
      needed += Self.unpackedSize(wheel, artifacts[wheel.sha256])
    }
    if !isBaseMade(lock) {
      for artifact in lock.artifacts {
        switch artifact.kind {
        case .base: needed += Self.unpackedSize(artifact)
        // Folders, caches, what scripts write and the virtual environment: 48 MiB there.
        case .package: needed += Self.unpackedSize(artifact) / 4
        case .wheel, .archive: break
        }
      }
    }
    return needed
  }

  func requireSpace(
    for lock: Lock, _ artifacts: [SHA256Digest: FilePath]
  ) throws(RootfsError) {
    let needed = spaceNeeded(for: lock, artifacts)
    let free: Int64?
    do throws(FileError) { free = try Files.shortage(of: needed, at: store.root) } catch {
      throw RootfsError(error)
    }
    guard let free else { return }
    throw RootfsError(
      .noSpace, store.root.string,
      detail: "\(ByteCount(free)) are free, and about \(ByteCount(needed)) are needed")
  }

  /// What the zip says; a damaged one is for the unpacking to complain of.
  private static func unpackedSize(_ wheel: Artifact, _ file: FilePath?) -> Int64 {
    guard let file, let zip = try? ZipDirectory.read(file) else { return unpackedSize(wheel) }
    return zip.unpackedSize
  }

  /// What the index says; else packed files grow about fourfold.
  private static func unpackedSize(_ artifact: Artifact) -> Int64 {
    artifact.installedSize ?? artifact.size * 4
  }
}

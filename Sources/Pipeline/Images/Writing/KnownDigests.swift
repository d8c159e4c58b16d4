internal import Content
internal import Digests
internal import FileSystem
internal import Store
internal import SystemPackage

/// The digests of files that were put together before, by the key of their ``Assembly``: a file that
/// stands where an image is to be written, and has that digest, is the image.
struct KnownDigests {
  private static let fileName = "sha256"
  let store: Store

  func digest(of assembly: Assembly) -> SHA256Digest? {
    guard let key = assembly.key, let folder = store.result(.assembly, key: key),
      let text = try? Files.readText(folder.appending(Self.fileName))
    else { return nil }
    return SHA256Digest(hex: text)
  }

  func keep(_ digest: SHA256Digest, of assembly: Assembly) async throws(ImageError) {
    guard let key = assembly.key else { return }
    _ = try await store.result(.assembly, key: key, failure: { ImageError($0) }) {
      (folder) throws(ImageError) in
      do throws(FileError) {
        try SealedFile.write(Array(digest.hex.utf8), to: folder.appending(Self.fileName))
      } catch { throw ImageError(error) }
    }
  }
}

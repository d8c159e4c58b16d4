internal import Compression
internal import Concurrency
internal import Content
internal import Digests
internal import FileSystem
internal import FoundationEssentials
internal import Locks
internal import Recipes
internal import Store
internal import SystemPackage

/// Images that stand as an earlier run wrote them, known by what git and make go by: device, inode,
/// size, and the times of the last change in nanoseconds. Nobody changes a file without these.
struct StandingImages {
  let store: Store
  let provenance: Provenance
  let compression: ImageCompression
  let companions: Companions

  /// What a manifest says of an image.
  private struct Facts: Codable {
    let size: Int64
    let sha256: SHA256Digest
    let treeDigest: SHA256Digest
    let totals: Manifest.Totals
  }

  /// The images of the requests, where each stands with all its companions; else nil.
  ///
  /// What a killed kiln left beside them goes, as it would if they were written.
  func images(of requests: [ImageRequest]) -> [WrittenImage]? {
    var images: [WrittenImage] = []
    for request in requests {
      guard let key = key(request), let folder = store.result(.standing, key: key),
        let text = try? SealedFile.read(folder.appending("facts")),
        let facts = try? JSONDecoder().decode(Facts.self, from: Data(text))
      else { return nil }
      images.append(
        WrittenImage(
          request: request, size: facts.size, sha256: facts.sha256, treeDigest: facts.treeDigest,
          totals: facts.totals, checksum: ImageOutput.checksumPath(request.target),
          manifest: Manifest.path(beside: request.target)))
    }
    for file in requests.flatMap(files) { AtomicFile.removeAbandoned(beside: file) }
    return images
  }

  /// Remembers images that were just written, or found to be the right ones.
  func remember(_ images: [WrittenImage]) async throws(ImageError) {
    // The clock of file times may take so long to go on: a change within one beat would not show.
    await pause(milliseconds: 20)
    for image in images {
      guard let key = key(image.request) else { continue }
      let facts = Facts(
        size: image.size, sha256: image.sha256, treeDigest: image.treeDigest, totals: image.totals)
      guard let text = try? JSONEncoder().encode(facts) else { continue }
      _ = try await store.result(.standing, key: key, failure: { ImageError($0) }) {
        (folder) throws(ImageError) in
        do throws(FileError) {
          try SealedFile.write([UInt8](text), to: folder.appending("facts"))
        } catch { throw ImageError(error) }
      }
    }
  }

  /// Over what the image is made from and the files as they stand; nil where one is missing, where
  /// the file system's times are too coarse to tell, and for layers that may change.
  private func key(_ request: ImageRequest) -> SHA256Digest? {
    var lines = [
      "standing 2", provenance.tool, provenance.recipeDigest.hex, provenance.lockDigest.hex,
      "\(provenance.sourceDateEpoch)", companions.inputs.hex, request.name,
      request.flavour?.rawValue ?? "", request.format.rawValue, compression.rawValue,
      Encoding(request.format, compression).compressor.description,
    ]
    for layer in request.layers {
      // Its folder's name is over all that the layer is made from.
      guard let name = store.resultName(of: layer.directory) else { return nil }
      lines.append(name)
    }
    for file in files(request) {
      guard let status = try? Files.status(file), status.kind == .file, let version = status.version
      else { return nil }
      lines.append("\(file) \(version)")
    }
    return SHA256Digest(ofText: lines.joined(separator: "\n"))
  }

  private func files(_ request: ImageRequest) -> [FilePath] {
    [
      request.target, ImageOutput.checksumPath(request.target),
      Manifest.path(beside: request.target),
    ] + companions.endings.map { FilePath(request.target.string + $0) }
  }
}

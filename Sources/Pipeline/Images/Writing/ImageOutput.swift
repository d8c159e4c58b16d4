internal import Content
internal import Digests
internal import FileSystem
internal import SystemPackage

/// An image file that is being written, with its checksum and manifest. Nothing is seen of it
/// before ``publish(_:)``; what is not published is removed.
final class ImageOutput {
  let request: ImageRequest
  /// nil where the file stands there already, byte for byte.
  private var image: AtomicFile?
  private var checksum: AtomicFile?
  private var manifest: AtomicFile?
  private var companions: [PendingFile] = []
  /// Signatures of another image that stood there.
  private var stale: [FilePath] = []

  /// - Parameter assembly: nil keeps the file that stands there.
  init(_ request: ImageRequest, _ assembly: Assembly?) throws(ImageError) {
    self.request = request
    guard let assembly else { return }
    do throws(FileError) {
      var file = try AtomicFile.create(request.target)
      for piece in assembly.pieces {
        guard !Task.isCancelled else {
          throw FileError(.other, "write", request.target, cause: .interrupted)
        }
        switch piece.source {
        case .bytes(let bytes): try file.write(bytes)
        case .file(let source, let range): try file.append(range, of: source)
        }
      }
      image = consume file
    } catch {
      throw error.cause == .interrupted ? ImageError(.interrupted, "") : ImageError(error)
    }
  }

  static func checksumPath(_ image: FilePath) -> FilePath { FilePath(image.string + ".sha256") }

  /// Writes the files that stand beside the image, unpublished too.
  func describe(_ writer: ManifestWriter, _ companions: Companions) throws(ImageError) {
    let target = request.target
    do throws(FileError) {
      let contents = companions.contents(request, writer.image)
      for (ending, content) in zip(companions.endings, contents) {
        self.companions.append(try PendingFile(FilePath(target.string + ending), content))
      }
      let statement = "\(writer.image.sha256.hex)  \(writer.image.file)\n"
      let signatures = companions.signatures.map { FilePath(target.string + $0) }
      stale = signatures.filter { Files.exists($0) }
      if !stale.isEmpty, isStated(statement, writer.image.sha256) { stale = [] }
      var checksum = try AtomicFile.create(Self.checksumPath(target))
      try checksum.write(statement)
      self.checksum = consume checksum
      var manifest = try AtomicFile.create(Manifest.path(beside: target))
      try writer.write(to: &manifest)
      self.manifest = consume manifest
    } catch {
      throw ImageError(error)
    }
  }

  /// Whether what stands there is this image as well, so that signatures of its check sum hold.
  private func isStated(_ statement: String, _ sha256: SHA256Digest) -> Bool {
    let path = Self.checksumPath(request.target)
    guard Files.exists(path) else {
      return (try? FileDigest(of: request.target))?.sha256 == sha256
    }
    return (try? Files.readText(path, limit: 64 << 10)) == statement
  }

  /// Puts the files in their places, the image last.
  ///
  /// - Parameter published: gets the path of each file that now stands there.
  func publish(_ published: (FilePath) -> Void) throws(FileError) {
    for companion in companions { published(try companion.publish()) }
    try manifest.take()?.publish()
    published(Manifest.path(beside: request.target))
    // Before the check sum that says that there is another image: the next build goes by it.
    for path in stale { try Files.removeFile(path) }
    try checksum.take()?.publish()
    published(Self.checksumPath(request.target))
    guard let image = image.take() else { return }
    try image.publish()
    published(request.target)
  }
}

/// A small file that is written and not yet seen.
private final class PendingFile {
  private var file: AtomicFile?
  private let path: FilePath

  init(_ path: FilePath, _ content: [UInt8]) throws(FileError) {
    self.path = path
    var file = try AtomicFile.create(path)
    try file.write(content)
    self.file = consume file
  }

  /// - Returns: where it stands now.
  func publish() throws(FileError) -> FilePath {
    try file.take()?.publish()
    return path
  }
}

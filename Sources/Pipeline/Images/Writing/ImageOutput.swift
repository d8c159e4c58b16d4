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
  func describe(_ writer: ManifestWriter, _ companions: [Companion]) throws(ImageError) {
    let target = request.target
    do throws(FileError) {
      for companion in companions {
        self.companions.append(
          try PendingFile(FilePath(target.string + companion.ending), companion.content))
      }
      var checksum = try AtomicFile.create(Self.checksumPath(target))
      try checksum.write("\(writer.image.sha256.hex)  \(writer.image.file)\n")
      self.checksum = consume checksum
      var manifest = try AtomicFile.create(Manifest.path(beside: target))
      try writer.write(to: &manifest)
      self.manifest = consume manifest
    } catch {
      throw ImageError(error)
    }
  }

  /// Puts the files in their places, the image last.
  ///
  /// - Parameter published: gets the path of each file that now stands there.
  func publish(_ published: (FilePath) -> Void) throws(FileError) {
    for companion in companions { published(try companion.publish()) }
    try manifest.take()?.publish()
    published(Manifest.path(beside: request.target))
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

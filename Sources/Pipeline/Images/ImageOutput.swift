internal import Compression
internal import Digests
internal import FileSystem
internal import SystemPackage

/// A member's bytes as they go to the file, with what one joined gzip member needs to know.
struct EncodedMember: Sendable {
  let bytes: [UInt8]
  let crc: UInt32
  let size: Int

  init(bytes: [UInt8], crc: UInt32, size: Int) {
    self.bytes = bytes
    self.crc = crc
    self.size = size
  }

  init(_ content: [UInt8], _ encoding: Encoding) throws(CompressionError) {
    guard encoding.joined else {
      self.init(bytes: try encoding.compressor.unit(of: content), crc: 0, size: content.count)
      return
    }
    let stream = try JoinableDeflate(Deflate.stream(of: content, encoding.compressor.setting))
    self.init(bytes: stream.bytes, crc: stream.crc, size: stream.size)
  }
}

/// Where a member stands in an unpublished image of this run.
struct WrittenMember {
  let output: ImageOutput
  let offset: Int64
  let length: Int
  let crc: UInt32
  let size: Int
}

/// An image file that is being written, with its checksum and manifest. Nothing is seen of it
/// before ``publish()``; what is not published is removed.
final class ImageOutput {
  let request: ImageRequest
  let encoding: Encoding
  private var image: AtomicFile?
  private var checksum: AtomicFile?
  private var manifest: AtomicFile?
  private var companions: [Companion] = []
  private var hasher: Hasher256? = Hasher256()
  private var join = GzipJoin()
  private(set) var size: Int64 = 0

  init(_ request: ImageRequest, _ encoding: Encoding) throws(ImageError) {
    self.request = request
    self.encoding = encoding
    do throws(FileError) { image = try AtomicFile.create(request.target) } catch {
      throw ImageError(error)
    }
    if encoding.joined { try write(Gzip.header) }
  }

  func append(_ member: EncodedMember) throws(ImageError) -> WrittenMember {
    let written = WrittenMember(
      output: self, offset: size, length: member.bytes.count, crc: member.crc, size: member.size)
    if encoding.joined { join.add(crc: member.crc, size: member.size) }
    try write(member.bytes)
    return written
  }

  /// The bytes of a member of this file.
  func read(_ member: WrittenMember) throws(ImageError) -> EncodedMember {
    var bytes = [UInt8](repeating: 0, count: member.length)
    guard let descriptor = image?.unpublished else {
      throw ImageError(.badTarget, request.target.string)
    }
    var done = 0
    while done < bytes.count {
      let count: Int
      do {
        count = try unsafe bytes.withUnsafeMutableBytes { buffer in
          try unsafe descriptor.read(
            fromAbsoluteOffset: member.offset + Int64(done),
            into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
        }
      } catch {
        let errno = error as? Errno ?? .ioError
        throw ImageError(FileError("read back", request.target, errno: errno))
      }
      guard count > 0 else { throw ImageError(.changed, request.target.string) }
      done += count
    }
    return EncodedMember(bytes: bytes, crc: member.crc, size: member.size)
  }

  /// Ends the image's bytes.
  func finish() throws(ImageError) -> SHA256Digest {
    if encoding.joined { try write(join.end()) }
    guard let hasher = hasher.take() else {
      throw ImageError(.badTarget, request.target.string)
    }
    return hasher.finish()
  }

  private func write(_ bytes: [UInt8]) throws(ImageError) {
    do throws(FileError) { try image?.write(bytes) } catch { throw ImageError(error) }
    hasher?.update(bytes)
    size += Int64(bytes.count)
  }
}

extension ImageOutput {
  static func checksumPath(_ image: FilePath) -> FilePath { FilePath(image.string + ".sha256") }

  /// Writes the files that stand beside the image, unpublished too.
  func describe(_ writer: ManifestWriter, _ companions: [Companion]) throws(ImageError) {
    self.companions = companions
    let target = request.target
    do throws(FileError) {
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
    for companion in companions {
      let path = FilePath(request.target.string + companion.ending)
      var file = try AtomicFile.create(path)
      try file.write(companion.content)
      try file.publish()
      published(path)
    }
    try manifest.take()?.publish()
    published(Manifest.path(beside: request.target))
    try checksum.take()?.publish()
    published(Self.checksumPath(request.target))
    try image.take()?.publish()
    published(request.target)
  }
}

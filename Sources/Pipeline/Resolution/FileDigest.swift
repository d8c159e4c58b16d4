internal import Digests
internal import FileSystem
internal import SystemPackage

/// Digest and size of a file of any size, read in pieces.
func fileDigest(
  _ path: FilePath
) throws(ResolutionError) -> (digest: SHA256Digest, size: Int64) {
  let file = try resolving("the file \(path)") { () throws(FileError) in
    try Files.open(path, .readOnly, for: "read")
  }
  defer { try? file.close() }
  var hasher = Hasher256()
  var size: Int64 = 0
  var chunk = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count: Int
    do {
      count = try unsafe chunk.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
    } catch {
      let failure = FileError("read", path, errno: error as? Errno ?? .ioError)
      throw ResolutionError(failure, "the file \(path)")
    }
    if count == 0 { return (hasher.finish(), size) }
    unsafe hasher.update(chunk.span.extracting(..<count).bytes)
    size += Int64(count)
  }
}

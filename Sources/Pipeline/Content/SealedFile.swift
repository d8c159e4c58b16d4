internal import Digests
public import FileSystem
public import SystemPackage

/// A file with its digest beside it, in `<name>.sha256`, so that whoever reads it sees damage.
public enum SealedFile {
  public static let ending = ".sha256"

  public static func write(_ bytes: [UInt8], to file: FilePath) throws(FileError) {
    try Files.write(bytes, to: file)
    try seal(file)
  }

  /// Puts the digest of a file beside it.
  public static func seal(_ file: FilePath) throws(FileError) {
    let digest = try FileDigest(of: file).sha256
    try Files.write(digest.hex + "\n", to: FilePath(file.string + ending))
  }

  /// - Throws: ``FileError/Code/damaged`` where the digest is that of other bytes.
  public static func read(_ file: FilePath) throws(FileError) -> [UInt8] {
    let expected = try Files.readText(FilePath(file.string + ending))
    let bytes = try Files.read(file)
    guard SHA256Digest(of: bytes).hex.utf8.elementsEqual(expected.utf8.prefix(64)) else {
      throw FileError(.damaged, "understand", file)
    }
    return bytes
  }
}

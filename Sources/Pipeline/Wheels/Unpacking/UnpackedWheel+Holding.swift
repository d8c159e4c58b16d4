internal import Content
internal import Digests
public import FileSystem
public import SystemPackage

extension UnpackedWheel {
  /// What in a wheel's folder of the store is not as it was unpacked, as a path in it; nil where
  /// nothing is.
  public static func departure(at folder: FilePath) throws(FileError) -> String? {
    let listing = folder.appending(WheelListing.fileName)
    guard let files = WheelListing.files(try Files.readText(listing)) else {
      return WheelListing.fileName
    }
    for file in files {
      let path = "tree/\(file.path)"
      let place = folder.appending(path)
      guard let status = try Files.status(place), status.kind == .file, status.size == file.size,
        status.permissions == file.permissions, try FileDigest(of: place).sha256 == file.sha256
      else { return path }
    }
    return nil
  }
}

public import Content
public import Digests
internal import FileSystem
public import SystemPackage

/// A wheel in the store: `tree/` as in the zip, `listing` with mode, size and digest of each file.
public struct UnpackedWheel: Hashable, Sendable {
  public let wheel: Wheel
  /// The wheel file, and its own digest.
  public let file: FilePath
  public let sha256: SHA256Digest
  public let tree: FilePath
  /// In the order of the zip, in which pip installs them.
  public let files: [WheelFile]
  /// Whether the store had it already.
  public let isReused: Bool

  /// Who put the wheel's files into an image.
  public var origin: Origin { Origin(.wheel, name: wheel.name, version: wheel.version) }

  /// The deflate streams in the wheel, by what they decode to; of equal ones the first.
  public var streams: [SHA256Digest: DeflateSource] {
    var streams: [SHA256Digest: DeflateSource] = [:]
    for file in files where streams[file.sha256] == nil {
      guard let stream = file.stream else { continue }
      streams[file.sha256] = DeflateSource(
        artifact: sha256, file: self.file, range: stream.range, crc: stream.crc)
    }
    return streams
  }

  /// Reads back what an unpacker left in `folder`.
  static func load(
    _ folder: FilePath, from file: FilePath, fileName: WheelFileName, sha256: SHA256Digest,
    isReused: Bool
  ) throws(WheelError) -> UnpackedWheel {
    let tree = folder.appending("tree")
    let files = try listing(folder.appending(WheelListing.fileName), fileName)
    let infoFolder = try Wheel.infoFolder(files.map(\.path), wheel: fileName.text)
    let documents = try documents(tree, infoFolder, files, fileName)
    return UnpackedWheel(
      wheel: try Wheel(fileName: fileName, infoFolder: infoFolder, documents: documents),
      file: file, sha256: sha256, tree: tree, files: files, isReused: isReused)
  }

  private static func listing(
    _ path: FilePath, _ fileName: WheelFileName
  ) throws(WheelError) -> [WheelFile] {
    do throws(FileError) {
      guard let files = WheelListing.files(try Files.readText(path)) else {
        throw FileError(.damaged, "understand", path)
      }
      return files
    } catch {
      throw WheelError(.storage, wheel: fileName.text, cause: .file(error))
    }
  }

  private static func documents(
    _ tree: FilePath, _ infoFolder: String, _ files: [WheelFile], _ fileName: WheelFileName
  ) throws(WheelError) -> [Wheel.Document: String] {
    let names = Set(files.map(\.path))
    var documents: [Wheel.Document: String] = [:]
    for document in Wheel.Document.allCases {
      let path = "\(infoFolder)/\(document.rawValue)"
      guard names.contains(path) else { continue }
      do throws(FileError) {
        documents[document] = try Files.readText(
          tree.appending(path), limit: document.longest)
      } catch {
        throw WheelError(.storage, wheel: fileName.text, cause: .file(error))
      }
    }
    return documents
  }
}

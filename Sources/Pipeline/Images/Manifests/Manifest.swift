public import Content
public import Digests
internal import FileSystem
internal import FoundationEssentials
public import GPUCode
public import Recipes
public import SystemPackage

/// What is in an image: the content of `<file>.manifest.json`.
public struct Manifest: Hashable, Codable, Sendable {
  public static let formatVersion = 1

  /// The version of the file format, ``formatVersion``.
  public let manifest: Int
  /// The program that wrote the image.
  public let tool: String
  /// The recipe's name.
  public let name: String
  public let flavour: WSLSettings.Flavour?
  public let recipeDigest: SHA256Digest
  public let lockDigest: SHA256Digest
  public let sourceDateEpoch: Int64
  public let image: Image
  /// ``TreeDigest`` over ``files``.
  public let treeDigest: SHA256Digest
  public let totals: Totals
  /// Which GPUs the image's libraries have code for, and the driver that they need; absent where
  /// the recipe says nothing of a GPU.
  public let gpu: GPUFacts?
  public let artifacts: [Component]
  /// What ``File/origin`` points into.
  public let origins: [Origin]
  /// In byte order of the paths.
  public let files: [File]

  /// The image file.
  public struct Image: Hashable, Codable, Sendable {
    public let file: String
    public let format: ImageFormat
    public let compression: ImageCompression
    public let size: Int64
    public let sha256: SHA256Digest
  }

  /// Something that was fetched for the image.
  public struct Component: Hashable, Codable, Sendable {
    public let kind: String
    public let name: String
    public let version: String
    public let size: Int64
    public let sha256: SHA256Digest
    /// Whether the recipe itself asks for it; nil where it does not, and in older manifests.
    public let requested: Bool?
    /// Names of the artifacts of its kind that it needs, with blanks between them.
    public let dependencies: String?
  }

  public struct Totals: Hashable, Codable, Sendable {
    public var files = 0
    public var directories = 0
    public var symlinks = 0
    public var hardlinks = 0
    public var others = 0
    /// Bytes of all files.
    public var bytes: Int64 = 0

    public init() {}
  }

  /// One path of the image.
  public struct File: Hashable, Codable, Sendable {
    /// Relative; `.` for the root.
    public let path: String
    public let kind: TreeEntry.Kind
    /// Four octal digits.
    public let mode: String
    public let uid: UInt32
    public let gid: UInt32
    public let size: Int64
    /// Of a file.
    public let sha256: SHA256Digest?
    /// A symbolic link's text or the path of a hard link's target.
    public let link: String?
    /// `security.capability`, in hexadecimal.
    public let capability: String?
    /// Index into ``Manifest/origins``.
    public let origin: Int
  }
}

extension Manifest {
  /// The manifest's path for an image file.
  public static func path(beside image: FilePath) -> FilePath {
    FilePath(image.string + ".manifest.json")
  }

  private var hasSoundSizes: Bool {
    let lists: [[Int64]] = [
      [image.size], [totals.bytes], files.map(\.size), artifacts.map(\.size),
      (gpu?.duplicates ?? []).map(\.wasted), (gpu?.libraries ?? []).map(\.size),
    ]
    return lists.allSatisfy { SizeLimit.holds($0) }
  }

  /// Reads a manifest file.
  public static func read(_ path: FilePath) throws(ImageError) -> Manifest {
    let content: [UInt8]
    do throws(FileError) { content = try Files.read(path) } catch { throw ImageError(error) }
    let manifest: Manifest
    do {
      manifest = try JSONDecoder().decode(Manifest.self, from: Data(content))
    } catch {
      throw ImageError(.badManifest, path.string, reason: "\(error)")
    }
    guard manifest.manifest == formatVersion else {
      throw ImageError(
        .badManifest, path.string,
        reason: "its format is \(manifest.manifest), this kiln reads \(formatVersion)")
    }
    guard manifest.hasSoundSizes else {
      throw ImageError(
        .badManifest, path.string,
        reason:
          "it has a size that no image can have, below 0 or in sum over \(ByteCount(SizeLimit.largest))"
      )
    }
    guard manifest.files.allSatisfy({ manifest.origins.indices.contains($0.origin) }) else {
      throw ImageError(.badManifest, path.string, reason: "a file's origin is not in the manifest")
    }
    return manifest
  }
}

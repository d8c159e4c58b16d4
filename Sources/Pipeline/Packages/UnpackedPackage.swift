public import Content
internal import FileSystem
public import Locks
public import SystemPackage

/// A package in the store: its files, its control files and the listing of what it holds.
public struct UnpackedPackage: Hashable, Sendable {
  public let artifact: Artifact
  /// Its result folder in the store.
  public let directory: FilePath
  /// The stanza of its control file.
  public let control: ControlFile.Stanza
  /// Names of its control files besides `control`: `postinst`, `conffiles`, `md5sums`…
  public let controlFiles: [String]
  /// Whether the store had it already.
  public let reused: Bool

  public var name: String { artifact.name }
  public var version: String { artifact.version }
  /// As dpkg writes it; `all` where it serves every architecture.
  public var architecture: String { control["Architecture"] ?? "all" }
  public var isEssential: Bool { control["Essential"]?.lowercased() == "yes" }

  /// How dpkg names it in its database: with the architecture where several may be installed side
  /// by side (`libc6:amd64`).
  public var databaseName: String {
    control["Multi-Arch"]?.lowercased() == "same" ? "\(name):\(architecture)" : name
  }

  /// Its files, below their paths.
  public var tree: FilePath { directory.appending("tree") }

  /// The path of one of its control files.
  public func controlFile(_ name: String) -> FilePath {
    directory.appending("control").appending(name)
  }

  /// The lines of one of its control files without comments and empty ones; none where the package
  /// does not have it.
  func controlLines(_ name: String) throws(PackageError) -> [String] {
    guard controlFiles.contains(name) else { return [] }
    do throws(FileError) {
      return try Files.readText(controlFile(name)).split(separator: "\n").map {
        String($0.prefix { $0 != "#" })
      }.filter { $0.contains { !$0.isWhitespace } }
    } catch {
      throw PackageError(error, package: self.name)
    }
  }

  /// What its data archive holds, in its order.
  public func listing() throws(PackageError) -> PackageListing {
    let path = directory.appending("listing")
    let text: String
    do throws(FileError) { text = try Files.readText(path, limit: 1 << 30) } catch {
      throw PackageError(error, package: name)
    }
    guard let listing = PackageListing(parsing: text) else {
      throw PackageError(
        .unreadable, package: name, place: path.string, reason: "the store's listing is damaged")
    }
    return listing
  }

  /// Opens a result folder of the store.
  init(artifact: Artifact, directory: FilePath, reused: Bool) throws(PackageError) {
    self.artifact = artifact
    self.directory = directory
    self.reused = reused
    let text: String
    do throws(FileError) {
      text = try Files.readText(directory.appending("control/control"))
      controlFiles = try Files.entries(directory.appending("control")).filter { $0 != "control" }
    } catch {
      throw PackageError(error, package: artifact.name)
    }
    let file = try ControlFile(parsing: text, name: artifact.fileName)
    guard file.stanzas.count == 1, let stanza = file.stanzas.first else {
      throw PackageError(
        .badControl, package: artifact.fileName,
        reason: "it holds \(file.stanzas.count) stanzas instead of one")
    }
    control = stanza
  }
}

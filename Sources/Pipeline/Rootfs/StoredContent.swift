import Content
import FileSystem
import Packages
public import Store
public import SystemPackage
import Wheels

/// What the store's trees must hold by their own listings.
public enum StoredContent {
  /// The first part of a result that is not as it was made, as a path in its folder; nil where all
  /// of it is, and for kinds without a listing.
  public static func departure(of kind: Store.ResultKind, at folder: FilePath) -> String? {
    do throws(FileError) {
      return switch kind {
      case .package: try UnpackedPackage.departure(at: folder)
      case .wheel: try UnpackedWheel.departure(at: folder)
      case .pristine: try departure(at: folder, tree: "root")
      case .layer, .byteCode, .environment: try departure(at: folder, tree: "upper")
      // The store itself knows their digests.
      case .member, .configured, .call, .segment, .assembly, .standing, .beginning: nil
      }
    } catch {
      var path = error.path
      return path.removePrefix(folder) ? path.string : error.path.string
    }
  }

  private static func departure(
    at folder: FilePath, tree: String
  ) throws(FileError) -> String? {
    // An older kiln's, which a newer one does not look for, are no damage.
    if Files.exists(folder.appending("owners")) { return nil }
    let listing = try LayerListing(reading: folder.appending(LayerListing.fileName))
    let root = folder.appending(tree)
    if let path = try listing.departure(in: root) { return "\(tree)/\(path)" }
    if Files.exists(folder.appending(AddedFiles.fileName)) {
      _ = try AddedFiles.read(beside: root)
    }
    return nil
  }
}

public import FileSystem
public import SystemPackage

extension LayerListing {
  /// The first path below a layer's folder that is not what the listing says, with every file's
  /// bytes; nil where all are.
  ///
  /// Owners are not compared: they look otherwise to another user than who made them. Whether a folder
  /// hides those below is: a store that went through a plain `tar` has lost the attribute that says so,
  /// and steps over such a layer would see again what it took away.
  public func departure(in root: FilePath) throws(FileError) -> String? {
    let found = try LayerListing(of: root).entries
    for (found, listed) in zip(found, entries) where !found.hasContent(of: listed) {
      return precedes(found.path, listed.path) ? found.path : listed.path
    }
    guard found.count != entries.count else { return nil }
    return (found.count > entries.count ? found : entries)[min(found.count, entries.count)].path
  }
}

extension LayerListing.Entry {
  fileprivate func hasContent(of other: Self) -> Bool {
    PathKey(path) == PathKey(other.path) && kind == other.kind && permissions == other.permissions
      && size == other.size && modified == other.modified && device == other.device
      && sha256 == other.sha256 && PathKey(link) == PathKey(other.link) && cover == other.cover
  }
}

import FileSystem

/// Folders of the root that the running system fills: they are in an image, and nothing in them is.
public enum EmptiedFolders {
  public static let names = ["dev", "proc", "run", "sys", "tmp"]

  /// The one of them that a path of the root is in.
  public static func holding(_ path: String) -> String? { names.first { path.isInside($0) } }
}
